# Why a driver could take a trip, or could not.
reason-added-driving = adds { $drive } min of driving ({ $way })
reason-on-the-way = lies on the way
reason-as-asked = picks up at the time asked for
reason-earlier = picks up { $by } min earlier than asked
reason-later = picks up { $by } min later than asked
reason-longer-ride = rides { $ride } min, { $by } min longer than direct
reason-moves-pick-ups = { $count ->
    [one] moves 1 pick-up by { $by } min
   *[other] moves { $count } pick-ups by up to { $by } min
}
reason-tight = tight: { $spare } min to spare
reason-spare = { $spare } min to spare
reason-trips-today = { $count ->
    [0] no other trip today
    [one] 1 trip today already
   *[other] { $count } trips today already
}
reason-preferred = the rider asked for this driver
reason-knows-rider = has driven this rider before
why-on-leave = on leave
why-vetting = vetting to see to ({ $item })
why-suspended = suspended
why-no-vehicle = has no vehicle
why-vehicle-taken = another driver has the vehicle in those hours
why-no-home = has no home address, so no way can be planned
why-no-hours = has given no hours that day
why-incompatible = not to be put together with this rider
why-declined = has said no to this trip; ask again, then give it to them as agreed
why-locked = the trip is locked to another driver; unlock it first
why-closed = this run is over
why-already = already on this run
why-enough-trips = has { $booked } trips already, takes up to { $most } a day
why-no-wheelchair-space = no wheelchair space
why-no-ramp = no ramp or lift
why-few-seats = not enough seats
why-no-animals = takes no animals
why-little-help = driver does not give that much assistance
why-wheelchair = wheelchair: { $missing }
why-scooter = scooter: { $missing }
why-too-far = too far: { $away } from home, drives up to { $most }
why-past = the latest moment for the pick-up is past
why-no-way = no road leads from the pick-up to the drop-off
why-windows-contradict = the windows contradict each other: getting in and driving takes { $needed } minutes, they leave { $room }
why-windows-far-apart = the windows are too far apart: the ride would take { $ride } minutes, the most is { $most }
why-not-available = not available at that time
why-running-late = cannot keep its own stops any more; solve that first
why-full = full: the places are taken at that time
why-ride-too-long = the ride would take { $ride } minutes, the most is { $most }
why-others-ride-too-long = a rider already booked would ride too long
why-left-alone = somebody who may not be left alone would wait in the vehicle
why-apart = somebody rides then who is not to be put together with this rider
why-no-break = would be left without the break that was agreed
why-busy = busy: no room between stops at that time
why-no-time = no room for this trip at any other time that day
# What alone would be enough to serve a trip that nobody would drive.
would-do-windows = if the rider can go { $by } earlier or later
would-do-ride = if the rider may be on board { $by } longer
would-do-block = if { $driver } gives { $by } more
would-do-one-more-trip = if { $driver } takes one trip more
would-do-unlocked = if it may be given to another driver
would-do-exception = if { $driver } goes farther than agreed
