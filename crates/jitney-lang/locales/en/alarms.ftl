# What a dispatcher is alarmed about, and what to say on the phone.

# Words for what is not known.
alarm-some-rider = the rider
alarm-some-driver = the driver
alarm-some-partner = the other coop
alarm-some-ticket = the ticket
alarm-some-lift = your lift
alarm-some-from = the door
alarm-some-to = where you were going
alarm-some-time = the time agreed
alarm-some-deadline = now
alarm-some-moment = now

member-number = member { $number }
alarm-coop = coop …{ $key }
alarm-ticket = ticket { $ticket }
alarm-lift = lift { $lift }
alarm-about-lift = lift { $lift }
alarm-about-lift-for = lift { $lift } for { $partner }

# A moment behind a word such as "by", and one that stands alone.
alarm-deadline-today = { $time }
alarm-deadline-day = { $day } { $time }
alarm-moment-today = { $time }
alarm-moment-day = { $day } { $time }

## What is wrong

alarm-wrong-left-behind = the rider is out and the way home has come to nothing
alarm-wrong-return-out = the rider is out and nobody has the way home
alarm-wrong-return-out-broken = the rider is out and whoever had promised the way home cannot come
alarm-wrong-return = the way home has nobody yet: settle it before the rider leaves
alarm-wrong-return-broken = whoever had promised the way home cannot come: settle it before the rider leaves
alarm-wrong-driver-late = the driver is on the way and late
alarm-wrong-driver-overdue = the driver should have been there and has not reported; phone them
alarm-wrong-rider-not-at-door = the driver is at the door and the rider does not come
alarm-wrong-on-board-too-long = the rider is on board longer than promised
alarm-wrong-given-up = { $partner } had confirmed and gave it up; nobody has confirmed it since
alarm-wrong-given-up-why = { $partner } had confirmed and gave it up ({ $reason }); nobody has confirmed it since
alarm-wrong-not-taken = whoever was asked did not take it: assign it again
alarm-wrong-not-taken-why = whoever was asked did not take it ({ $reason }): assign it again
alarm-wrong-nobody-has-it = nobody has it yet and it is less than a day away
alarm-wrong-rider-suspended = the rider is suspended and the trip still stands: reinstate the rider or cancel it
alarm-wrong-driver-may-not = { $driver } may not take it: { $why }; give it to somebody else
alarm-wrong-credential-withdrawn = { $partner } has withdrawn this driver's credential: ask who comes instead
alarm-wrong-award-unanswered = { $partner } has been given it and has not said yes; due by { $deadline }
alarm-wrong-driver-silent = { $driver } has been asked and has not answered; due by { $deadline }
alarm-wrong-called-off-untold = it was taken back at { $moment } and { $partner }'s node does not know yet: their driver may come
alarm-wrong-boarded-anyway = it was taken back from { $partner }, but their driver already had the rider on board
alarm-wrong-details-missing = the driver does not know yet whom to fetch and where
alarm-wrong-hold-ending = we hold { $driver }'s time for { $partner } until { $deadline } and they have not decided
alarm-wrong-claim-ending = { $partner } would carry it and holds a driver until { $deadline }: decide
alarm-wrong-waits-for-other-half = { $partner } would carry it and holds a driver until { $moment }, and nobody has the other half of the round trip
alarm-wrong-call-back = asked to be called, at { $moment }
alarm-wrong-will-call-silent = the rider has been out for hours and has not called
alarm-wrong-partner-unreachable = { $partner } has not taken our messages since { $deadline }
alarm-wrong-message-lost = a message to { $partner } was lost for good: compare what you have agreed
alarm-wrong-partner-at-odds = { $partner } has signed two different things: what is booked stands, agree on nothing new
alarm-wrong-not-told = a message did not get through, or may not have: phone, then note it as told
alarm-wrong-outcome-disputed = the two sides do not say the same about how it ended

## Why a driver or vehicle may not serve it

alarm-unfit-not-active = suspended
alarm-unfit-on-leave = on leave that day
alarm-unfit-hours-gone = not available at that time any more
alarm-unfit-vehicle-gone = the vehicle is out of use
alarm-unfit-no-break = no time is left for the break that was agreed
alarm-unfit-riders-apart = two riders would be on board together who are not to be put together
alarm-unfit-overfull = not enough places for all on board
alarm-unfit-not-seen = { $item } has not been seen
alarm-unfit-expired = { $item } expired on { $date }
alarm-item-licence = licence
alarm-item-driving-record = driving-record
alarm-item-criminal-record = criminal-record
alarm-item-insurance = insurance
alarm-item-vehicle-inspection = vehicle-inspection
alarm-item-training = training

## Why it was given up or not taken

alarm-refused-hold-expired = the driver's time was no longer held
alarm-refused-driver-declined = the driver declined
alarm-refused-driver-silent = the driver did not answer
alarm-refused-provider-failed = the driver cannot come
alarm-refused-unknown-claim = the claim is not known there
alarm-refused-no-longer-qualified = driver or vehicle no longer qualify

## What to say to the rider

alarm-to-rider = { $called }, this is { $us }. { $rest }
alarm-rider-stay-there = We know that you want to go home. Please stay inside where you are; we are finding somebody and call you again within a quarter of an hour.
alarm-rider-do-not-leave = We have nobody yet to bring you home at { $at }. Please do not leave before we have called you again.
alarm-rider-driver-overdue = Your driver is late. Are you all right? We are asking where they are and call you again in ten minutes.
alarm-rider-not-at-door = Your driver is waiting for you at { $from }. Are you coming?
alarm-rider-on-board-too-long = You should have arrived by now. Are you still on the way? Is all well?
alarm-rider-given-up = The driver we told you of for { $at } cannot come. We are finding somebody else and call you again.
alarm-caregiver-not-told = I am calling about the lift of { $rider } at { $at }, because our message may not have reached you.
alarm-rider-not-told = I am calling about your lift at { $at }, because our message may not have reached you.
alarm-rider-boarded-anyway = You are on your way after all. Is all well, and do you still want to go there?
alarm-rider-suspended = Your membership is suspended at present, so your lift at { $at } is not certain. Let us talk about it.
alarm-rider-call-back = You asked us to call. What can we do for you?
alarm-rider-will-call-silent = How are you getting on? When shall we fetch you?
alarm-rider-outcome-disputed = Did your lift to { $to } take place?
alarm-rider-nobody-yet = We have not found a driver for { $at } yet. Would another time do? We go on asking and call you again.

## What to say to the driver

alarm-driver-overdue = Where are you? { $rider } was to be fetched at { $at } ({ $lift }).
alarm-driver-on-board-too-long = Is { $rider } still with you? Is all well ({ $lift })?
alarm-driver-may-not = You have { $lift } at { $at }, but { $why }. We give it to somebody else.
alarm-driver-suspended = You have { $lift } at { $at }, but you are suspended at present. We give it to somebody else.
alarm-driver-rider-suspended = It is not certain that { $rider } travels at { $at } ({ $lift }). We tell you whether you are to come.
alarm-driver-silent = Can you take { $lift } at { $at }? Please say yes or no now.
alarm-driver-details-missing = Please write down whom you fetch at { $at } and where ({ $lift }).
alarm-driver-not-told = Please look at your offers and your manifest: our message may not have reached you.
alarm-driver-how-did-it-end = How did { $lift } end?

## What to say to the office of another coop

alarm-to-office = This is { $us }. { $rest }
alarm-office-at-the-door = I am { $driver }, at the door for your rider ({ $reference }), and nobody comes. Please phone them.
alarm-office-overdue-ours = Your driver was to fetch our rider at { $at } ({ $reference }). Where are they?
alarm-office-overdue = Our driver was to fetch your rider at { $at } ({ $reference }) and does not report. Please phone your rider.
alarm-office-on-board-too-long-ours = Our rider is with your driver longer than agreed ({ $reference }). Is all well?
alarm-office-on-board-too-long = Your rider is with our driver longer than agreed ({ $reference }). We are phoning the driver.
alarm-office-driver-may-not = Our driver for your rider at { $at } ({ $reference }) may not drive: { $why }. We look for another or give it back; please look too.
alarm-office-rider-suspended = It is not certain that our rider of { $reference } at { $at } travels. We tell you whether your driver is to come.
alarm-office-credential-withdrawn = You have withdrawn the credential of the driver for our { $reference } at { $at }. Who comes instead?
alarm-office-award-unanswered = We gave you { $reference }, fetched at { $at }. Please say yes or no; without an answer by { $deadline } we ask somebody else.
alarm-office-called-off-untold = Our { $reference } at { $at } is off, and your node does not know yet. Please tell your driver.
alarm-office-boarded-anyway = We had taken { $reference } of { $at } back, but your driver has our rider on board. Please bring them there.
alarm-office-details-missing = Our driver fetches your rider at { $at } ({ $reference }) and has no name and address yet. Please tell us.
alarm-office-hold-ending = We hold a driver for your { $reference } at { $at } until { $deadline }. Shall we carry it?
alarm-office-claim-ending = You hold a driver for our { $reference } until { $moment }. Can you hold longer?
alarm-office-waits-for-other-half = You hold a driver for our { $reference } until { $moment }. We look for somebody for the other way; could you carry both?
alarm-office-partner-unreachable = Your node has not taken our messages since { $deadline }. Let us go through what we have booked with each other.
alarm-office-message-lost = A message to you was lost. Let us go through what we have booked with each other.
alarm-office-partner-at-odds = Your node has signed two different things. What is booked stands; please find out why.
alarm-office-outcome-disputed = We do not have the same about how { $reference } of { $at } ended. What do you have?
