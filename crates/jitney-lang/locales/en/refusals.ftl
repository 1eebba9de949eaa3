# Why something was not done, and what to do next at the desk or on the driver's page. The command line has sentences
# of its own. Names stand where the reader may see them, else "member 12".

# A moment behind a word such as "until" or "for".
told-moment-today = { $time }
told-moment-day = { $day } at { $time }

## What is not there

refusal-no-member = There is no member { $number }. Look for them by name.
refusal-no-vehicle = There is no vehicle { $vehicle }. The driver's page shows which there are.
refusal-no-trip = There is no trip { $trip }. Look at its number again.
refusal-no-subscription = There is no standing order { $order }. Look at the trip again.
refusal-no-ticket = We ask nobody to take { $ticket } any more. Look at the partners' page again.
refusal-no-claim = This offer is not there any more. Look at the partners' page again.
refusal-no-lift = There is no lift { $lift }. Look at the day's list again.
refusal-no-capacity = These spare places are not there any more. Look at the partners' page again.
refusal-no-offer = Nobody asks us for this any more. Look at the partners' page again.
refusal-nothing-spare = This run has no place to spare: it is full, empty or over. Choose another.
refusal-no-trip-on-date = The standing order has no trip on { $date }. Choose a day on which it has one.
refusal-no-partners = There is no partner coop yet. The operator can join a federation.
refusal-our-own-coop = That is our own coop. Choose a partner.
refusal-no-run = This run is not there any more. Look at the day again.
refusal-no-card = This code is not known here. Look at the card again, or ask the office for a new one.
refusal-card-taken = This card is another one. Make a new one.
refusal-own-caregiver = { $member } acts for themselves anyway. Choose somebody else.
refusal-too-many-caregivers = As many people as there may be act for { $rider } already. End it for one of them first.
refusal-no-caregiver = { $caregiver } does not act for { $rider }. Look at the rider's page again.
refusal-no-call-asked = { $rider } does not wait for a call. Somebody may have called already.
refusal-no-invitation = This invitation is not known here. Ask the office for a new one.
refusal-invitation-expired = This invitation was good until { $at }. Ask the office for a new one.
refusal-invitation-used = This invitation has been used already. Ask the office for a new one.

## Who may do it

refusal-not-allowed = You may not { $kind }. Ask a dispatcher or the operator.
kind-run-coop = change how the coop is run
kind-keep-members = keep the members' list
kind-enrol = enrol a device
kind-sign-in = sign somebody in
kind-entrust = say who acts for this rider
kind-keep-driver = change this driver's time or vehicle
kind-keep-trips = book or change this trip
kind-dispatch = give trips to drivers
kind-drive = report on this lift
kind-negotiate = speak for another coop
kind-tick = let time pass
refusal-not-yours-to-ask = This is not for you to see. Ask the office.
refusal-operator-only = Only the operator may do this. Ask them.
refusal-suspended = { $member } is suspended. Reinstate them first.
refusal-lacks-role = { $member } is not noted as { $role }. Give them that role first.
refusal-key-taken = This device belongs to another member. Set it up anew.

## People who do not go together

refusal-too-many-wishes = { $rider } has wishes about { $most } drivers already. Take one back first.
refusal-kept-apart = { $driver } is never to drive { $rider }. Choose another driver, or take the wish back on the rider's page.
refusal-riders-apart = { $rider } and { $other } are never to be on board together. Choose another driver or another time.
refusal-one-rider = Both are the same person: { $rider }. Choose two.
refusal-too-many-apart = { $rider } is kept apart from { $most } others already. End it for one of them first.

## Drivers and vehicles

refusal-no-break = { $driver } would be left without a break on { $date }. Choose another driver or another time, or agree on another break with the driver.
refusal-break-does-not-fit = A break of { $length } does not lie within { $room }. Write a shorter one, or longer hours for it.
refusal-breaks-overlap = Two breaks of one day lie in the same hours. Write one after the other.
refusal-not-vetted = { $driver } may not drive on { $date }: { $why }. Note what has been seen on the driver's page, or choose another driver.
unvetted-not-seen = { $item }: not seen yet
unvetted-expired = { $item }: expired on { $date }
refusal-not-available = { $driver } has not given that time on { $date }. Choose another driver or another time, or ask and note the hours.
refusal-driver-busy = { $driver } is on another run at that time. Choose another driver or another time.
refusal-vehicle-busy = Vehicle { $vehicle } is out on another run at that time. Choose another vehicle or driver.
refusal-incapable = Vehicle { $vehicle } cannot take this trip: { $why }. Choose another driver.
refusal-run-too-many-stops = A run has at most { $most } stops. Choose another driver.
refusal-run-outside-block = The stop planned for { $at } lies outside the driver's time. Choose another driver or another time.
refusal-run-outside-window = The stop planned for { $at } lies outside the time that was agreed with the rider. Choose another driver or another time.
refusal-run-overlap = For the stop planned for { $at }, the driver would still be elsewhere. Choose another driver or another time.
refusal-run-overfull = The vehicle would be overfull after the stop planned for { $at }. Choose another driver or another time.
refusal-run-unpaired = Getting in and getting out of a trip do not belong together. Look at the day again.
refusal-run-ride-too-long = A rider would be on board for { $ride }, the most is { $most }. Choose another driver or another time.
refusal-breaks-promise = This would change what was agreed with another rider. Choose another driver or another time.
refusal-too-many-hours = Too many single hours or absences are noted for this driver. Note what comes back every week as weekly hours.
refusal-too-many-vehicles = { $driver } has too many vehicles. Change one that is not in use any more.
refusal-empty-hours = The hours end before they begin. Write the earlier time first.
refusal-driver-cannot = { $driver } cannot take trip { $trip }: { $why }. Choose another driver or another time.
refusal-no-driver-here = { $driver } cannot take trip { $trip }, for they do not drive. Choose another driver.
refusal-nobody = None of our drivers can take trip { $trip }. Choose another time, or ask the partners.
refusal-nobody-then = None of our drivers can take trip { $trip } at that time. { $driver } could at another: { $at }. Otherwise ask the partners.
refusal-none-of-ours-can = None of our drivers can take it: { $why }.
refusal-no-drivers = there are no drivers

## Times

refusal-zone-unknown = There is no time zone "{ $zone }". Write a name such as Europe/Paris or Australia/Sydney.
refusal-zone-nonexistent = The clocks go forward then, so this time does not exist: { $at }. Choose a time before or after the missing hour.
refusal-zone-out-of-range = This time is too far away: { $at }. Check the date.
refusal-in-the-past = This time is past: { $at }. Check the day and the time.
refusal-too-far-ahead = { $date } is too far ahead. Trips are booked until { $last }: check the year.
refusal-plan-past = What was planned for { $at } is past by now. Plan again.
refusal-from-the-future = { $at } is still to come. Check the clock of the device.
refusal-rule-malformed = What comes back cannot be read. Choose its days again.
refusal-rule-too-often = A standing order comes back at most once a day. Choose its days again.
refusal-rule-nothing-to-leave-out = The standing order has no trip on { $date }. Leave out only days on which there would be one.
refusal-rule-first-date-off = The first day, { $date }, is none of the days on which it comes back. Begin on one of them.
refusal-too-many-exceptions = Too many days are left out of this standing order. End it and begin a new one.

## Trips

refusal-return-before-outbound = The way home, planned for { $back }, would begin before the rider arrives, planned for { $out }. Choose a later time.
refusal-rider-busy = The rider is on trip { $trip } at that time. Change that trip, or choose another time.
refusal-party-too-large = { $count } people besides the rider are too many for one trip; the most is { $most }. Book two trips.
refusal-trip-over = Trip { $trip } is over and stays as it is. Book another.
refusal-trip-taken = Somebody has trip { $trip } already. Take it back first.
refusal-locked = Trip { $trip } stays with whoever has it. A dispatcher can let it be moved again.
refusal-rider-on-board = The rider of trip { $trip } is on board already, so it stays as it is. Phone the driver if it must go elsewhere, and book any further way.
refusal-not-will-call = Trip { $trip } does not wait for a call: its time is fixed.
refusal-no-time-yet = Trip { $trip } has no time before the rider calls. Note it when they do.
refusal-outcome-impossible = Trip { $trip } cannot be noted as "{ $outcome }" now: { $why }.
hindrance-driver-reports = that is for the driver's page to say
hindrance-window-not-over = the driver may still come
hindrance-on-board = the rider is on board
hindrance-confirmed = somebody drives it; take it back first
refusal-too-many-moves = { $count } trips are too many to move at once; the most is { $most }. Move them in parts.

## What drivers report

refusal-lift-state = Lift { $lift } stands at "{ $state }". It cannot be noted as "{ $wanted }" now. Look at the day again.
standing-held = held for a partner
standing-awarded = waiting for the driver's answer
standing-confirmed = agreed
standing-over = over
standing-given-up = given up
wanted-accepted = accepted
wanted-declined = declined
wanted-driven = driven
wanted-set-down = arrived, without having been on board
wanted-miles = distance driven
wanted-claimed-again = offered once more
refusal-too-early-for-no-show = It is too early to say of lift { $lift } that nobody is there. Wait until { $from }, then say it again.
refusal-too-early-for-lift = Lift { $lift } is planned for { $planned }. Nothing can be noted on it before { $from }. Check the lift and the day.
refusal-not-your-lift = Lift { $lift } is another driver's. Look at your own day again.

## Partner coops

refusal-bid-gone = The partner does not hold a driver for this any more. Choose another offer.
refusal-not-theirs = This message was not that coop's to send. It is left aside.
refusal-barred = That coop has signed two things that contradict each other. Nothing new is agreed with it until the operator has talked to it and cleared it.
refusal-not-barred = Nothing stands against that coop. There is nothing to clear.
refusal-never-cleared = That coop has contradicted itself too often to be cleared again. The coops decide together whether it stays.
refusal-no-reason = Write why the coop is cleared, in one line of at most { $most } characters.
refusal-ticket-past = Its time is past. Choose another.
refusal-share-too-early = This trip is more than four weeks away. It is offered to partners by itself when it comes near.
refusal-too-few-addresses = So few addresses are near that naming even a large area would point at a door. The trip is not offered to partners; our own drivers can take it.
refusal-driver-has-no-run = { $driver } has no run on { $date }. Look at the day again.
refusal-no-such-partner = No partner coop is called "{ $who }". Choose one from the list.
refusal-which-partner = "{ $who }" could be any of these: { $names }. Write more of the name.
refusal-no-open-ticket = No partner asks for { $ticket } any more. Look at the partners' page again.
refusal-no-federation = This coop belongs to no federation yet. The operator can join one.

## Moving trips, and planning a day

refusal-give-one-or-two = Choose one trip or two, or plan the whole day.
refusal-named-twice = Trip { $trip } is named twice. Write the other one.
refusal-both-to-one = Both would go to the same driver: { $driver }. Move one, then the other.
refusal-locked-to = Trip { $trip } stays with its driver: { $driver }. Let it be moved first.
refusal-already-with = Trip { $trip } is with that driver already: { $driver }. Choose another driver.
refusal-not-with-us = None of our drivers has trip { $trip }. Write the number of a driver for the other trip.
refusal-nothing-moved = Nothing was moved, for the day is not what was planned on any more. { $why }
refusal-day-unplannable = This day cannot be planned: some of its figures make no sense. Tell the operator.
refusal-no-show-not-noted = Nobody has noted yet that the rider of trip { $trip } was not there. Note it first, then plan again.
refusal-not-movable = Trip { $trip } is not among those of that day that can still be moved. Look at the day again.
refusal-driver-not-out = { $driver } has no run and no hours on that day. Check the driver and the day.
refusal-planning-busy = Another day is being planned. Try again when that is done.
refusal-search-broke = The search broke off. Try again.

## Places and people

refusal-place-needs-name = Give the place a name of its own.
refusal-place-taken = "{ $place }" is another place already: { $label }. Choose another name.
refusal-no-place = No place is called "{ $place }". Choose one that is shown.
refusal-no-home = No home address is known of { $rider }. Write it on the rider's page.
refusal-one-place = "{ $from }" and "{ $to }" are one place. Write where the trip goes.
refusal-no-road = By the map no road and no car ferry leads from "{ $from }" to "{ $to }". Check where they are, or book the way to where the road ends.
refusal-too-far = It is { $away } from "{ $from }" to "{ $to }". Check where they are.
refusal-places-erased = Where trip { $trip } went is not known any more: it has been erased.
refusal-needs-role = A member needs a role: rider, driver or dispatcher.
refusal-name-missing = Write a name.
refusal-bad-email = This is no e-mail address. Write it as in name@example.org.
refusal-no-such-language = There is no such language. Choose one of these: { $all }.
refusal-reach-needs-email = To be told by e-mail takes an e-mail address. Write it too.
refusal-reach-needs-phone = To be told by text message or by a call takes a phone number. Write it too.
refusal-text-too-long = This is longer than { $most } bytes: { $field }. Shorten it.
refusal-text-unprintable = Some characters here cannot be printed: { $field }. Write it again.
field-place-name = the place's name
field-address = the address
field-place-note = the note on the place
field-trip-note = the note for the driver
field-name = the name
field-phone = the phone number
field-emergency = whom to call in an emergency
field-vehicle = the vehicle
field-note = the note

## Alarms and messages

refusal-no-alarm = This alarm is over. Look at the list again.
refusal-which-alarm = Several alarms could be meant. Look at the list again.
refusal-no-message = This message is not there any more. Look at the list again.
refusal-no-phone-needed = Nobody needs to be phoned about this message. Look at the list again.

## The node itself

refusal-no-coop = No coop has been founded here yet. Tell the operator.
refusal-coop-exists = A coop has been founded here already. Nothing was changed.
refusal-key-used = Under the same name something else was asked before. Go back, load the page anew and send it once more.
refusal-told-once = This was done already, and what came of it is shown once only. Look at what is there now.
refusal-halfway = This was begun and did not go through. Look at what is there now, and ask for the rest.
refusal-disk-full = The node's disk is full. Nothing was changed: tell the operator, then try again.
refusal-node-ending = The node is being restarted. Try again in a minute.
