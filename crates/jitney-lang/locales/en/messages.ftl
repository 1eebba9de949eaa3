# What people are told by e-mail, text or telephone. Short, and with no address and no full name.

message-for = For { $name }: { $text }
message-call-us = { $text } Questions? Call { $phone }.
message-subject-rider = Your lift on { $day }
message-subject-driver = Your driving on { $day }
message-subject-alarm = Somebody has to be phoned

message-booked = { $coop }: your lift on { $day } is booked. You are fetched at about { $time }. We tell you who drives. Number { $trip }.
message-booked-will-call = { $coop }: your lift on { $day } is noted. Call us when you are ready. Number { $trip }.
message-changed = { $coop }: your lift on { $day } is changed. You are now fetched at about { $time }. Number { $trip }.
message-changed-will-call = { $coop }: your lift on { $day } is changed. Call us when you are ready. Number { $trip }.
message-cancelled = { $coop }: your lift on { $day } at about { $time } does not take place. Number { $trip }.
message-cancelled-will-call = { $coop }: your lift on { $day } does not take place. Number { $trip }.
message-confirmed = { $coop }: on { $day } at { $time }, { $driver } fetches you. Car: { $vehicle }. Your word: { $word }.
message-reminder = { $coop }: tomorrow, { $day }, { $driver } fetches you at { $time }. Car: { $vehicle }. Your word: { $word }.
message-reminder-nobody = { $coop }: your lift tomorrow, { $day }, at about { $time }: we are still looking for a driver, and tell you.
message-reminder-will-call = { $coop }: tomorrow, { $day }, we fetch you when you call. Number { $trip }.
message-on-the-way = { $coop }: { $driver } is on the way to you. Car: { $vehicle }. Your word: { $word }.
message-unknown-driver = your driver
message-unknown-vehicle = see with the driver

message-offer = { $coop }: can you drive on { $day } at { $time }, about { $duration }? Lift { $lift }. Please say yes or no by { $until }.
message-lift-cancelled = { $coop }: lift { $lift } on { $day } at { $time } does not take place.
message-run-changed = { $coop }: your { $day } has changed. { $lifts ->
    [0] You have no lift any more.
    [one] You have one lift, at { $time }.
   *[other] You have { $lifts } lifts, the first at { $time }.
} Please look at your manifest.
message-manifest = { $coop }: tomorrow, { $day }, you have { $lifts ->
    [one] one lift, at { $time }.
   *[other] { $lifts } lifts, the first at { $time }.
} Your manifest is ready.

message-alarm = { $coop }: somebody has to be phoned now. Please look at the alarms.
