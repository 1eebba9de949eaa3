# What all pages say.

language-name = English
skip = Skip to the content
talk = Would you rather talk to someone? Call
signed-in-as = You are signed in as { $name }.
sign-out = Sign out
to-start = To the start
back = Back
next = Next
near-today = today, { $day }
near-tomorrow = tomorrow, { $day }
day-before = Day before
day-after = Day after
day-and-time = { $day }, { $time }
between = between { $from } and { $to }
erased = erased

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
day = { $weekday } { $day } { $month }
day-with-year = { $weekday } { $day } { $month } { $year }
time = { $hour }:{ $minute }
duration-minutes = { $minutes } min
duration-hours = { $hours } h { $minutes } min
kilometres = { $length } km
miles = { $length } miles
decimal-sign = .

## Signing in

sign-in-title = Sign in
sign-in-code = The code on your card
sign-in-hint = Twelve letters and numbers. Small or capital letters, with or without dashes: all is well.
sign-in-go = Come in
sign-in-wrong = This code is not known here. Please look at your card once more, or call us for a new one.
sign-in-too-often = That was too many wrong codes. Please wait a minute and try again.

## When something does not go

trouble-title = This did not work
trouble-not-found = There is nothing here. It may have been changed or removed.
trouble-not-allowed = This is not yours to do. Please call us if you need it.
trouble-invalid = This cannot be done as it was said. Please go back and change it, or call us.
trouble-conflict = Something stands in the way. Please go back and look again, or call us.
trouble-busy = We are very busy this moment. Please try again in a minute.
trouble-internal = We cannot do this at the moment. Nothing is lost: please try again in a minute, or call us.
trouble-elsewhere = This page is for others. Your own page is one step away.
trouble-call-us = We cannot do this here, but we will gladly do it for you on the phone.

## Trips

fetched-about = at about { $time }
fetched-at = fetched at { $time }
fetched-when-called = when you call
there-by = there by { $time }
will-call = will call
rider-number = Number { $number }
carried-nobody = nobody yet
carried-will-call = waits for the call
carried-offered = { $claims ->
    [0] offered to partners
    [one] offered, one claim
   *[other] offered, { $claims } claims
}
carried-asked = asked { $who }, answer by { $until }
carried-confirmed = { $who } at { $time }, { $progress }
progress-booked = booked
progress-en-route = driver on the way
progress-arrived = driver at the door
progress-on-board = on board
progress-done = arrived
outcome-completed = carried
outcome-cancelled = called off
outcome-late-cancelled = called off late
outcome-cancelled-at-door = called off at the door
outcome-no-show = nobody was there
outcome-missed-trip = the lift did not come
outcome-turned-down = turned down
outcome-unmet = no driver found
need-ambulatory = walks
need-curb-to-curb = comes to the car alone
hours-how = Write 9:00-12:00, 14:00-17:00; a day left empty is a day without driving.
hours-bad = Some hours cannot be read. Write them as 9:00-12:00, 14:00-17:00, the earlier time first.
need-walker = walker
need-transfer = wheelchair, moves to a seat
need-wheelchair = stays in the wheelchair
need-scooter = scooter
need-door-to-door = door to door
need-door-through-door = help inside the house
need-hand-to-hand = from hand to hand
need-attendants = { $count ->
    [one] one attendant
   *[other] { $count } attendants
}
need-companions = { $count ->
    [one] one companion
   *[other] { $count } companions
}
need-animal = service animal
need-not-alone = never leave alone
seats = { $count ->
    [one] { $count } seat
   *[other] { $count } seats
}
wheelchair-spaces = { $count ->
    [one] one wheelchair space
   *[other] { $count } wheelchair spaces
}
ramp-or-lift = ramp or lift

area-around = around { $place }
area-around-away = around { $place }, { $away }
area-away = about { $kilometres } km { $direction } of { $place }
area-at = near { $lat }, { $lon }
area-near = close to { $place }
direction-north = north
direction-north-east = north-east
direction-east = east
direction-south-east = south-east
direction-south = south
direction-south-west = south-west
direction-west = west
direction-north-west = north-west
