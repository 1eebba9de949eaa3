# Les agendas des chauffeurs.

calendar-name = { $coop } : trajets
calendar-lift = Trajet { $lift }, { $seats }
