# Drivers' calendars.

calendar-name = { $coop }: lifts
calendar-lift = Lift { $lift }, { $seats }
