# Pourquoi un chauffeur pourrait assurer un trajet, ou ne le pourrait pas.
reason-added-driving = { $drive } min de route en plus ({ $way })
reason-on-the-way = c’est sur son chemin
reason-as-asked = prend à l’heure demandée
reason-earlier = prend { $by } min plus tôt que demandé
reason-later = prend { $by } min plus tard que demandé
reason-longer-ride = { $ride } min à bord, { $by } min de plus que tout droit
reason-moves-pick-ups = { $count ->
    [one] déplace une prise en charge de { $by } min
   *[other] déplace { $count } prises en charge de { $by } min au plus
}
reason-tight = juste : { $spare } min de marge
reason-spare = { $spare } min de marge
reason-trips-today = { $count ->
    [0] aucun autre trajet ce jour
    [one] déjà un trajet ce jour
   *[other] déjà { $count } trajets ce jour
}
reason-preferred = le passager a demandé ce chauffeur
reason-knows-rider = a déjà conduit ce passager
why-on-leave = en congé
why-vetting = vérifications à revoir ({ $item })
why-suspended = suspendu
why-no-vehicle = n’a pas de véhicule
why-vehicle-taken = un autre chauffeur a le véhicule à ces heures
why-no-home = n’a pas d’adresse, aucun chemin ne peut être prévu
why-no-hours = n’a donné aucune heure ce jour
why-incompatible = ne doit pas conduire ce passager
why-declined = a refusé ce trajet ; lui redemander, puis le lui confier avec son accord
why-locked = le trajet est gardé pour un autre chauffeur ; libérez-le d’abord
why-closed = cette tournée est terminée
why-already = déjà dans cette tournée
why-enough-trips = a déjà { $booked } trajets, en prend { $most } par jour au plus
why-no-wheelchair-space = pas de place pour fauteuil roulant
why-no-ramp = ni rampe ni élévateur
why-few-seats = pas assez de places
why-no-animals = ne prend pas d’animaux
why-little-help = le chauffeur n’accompagne pas autant
why-wheelchair = fauteuil roulant : { $missing }
why-scooter = scooter : { $missing }
why-too-far = trop loin : à { $away } de chez lui, va jusqu’à { $most }
why-past = le dernier moment pour la prise en charge est passé
why-no-way = aucune route ne mène du départ à l’arrivée
why-windows-contradict = les heures se contredisent : monter et rouler prend { $needed } minutes, elles en laissent { $room }
why-windows-far-apart = les heures sont trop éloignées : le trajet durerait { $ride } minutes, le maximum est { $most }
why-not-available = pas disponible à cette heure
why-running-late = ne peut plus tenir ses propres arrêts ; réglez cela d’abord
why-full = complet : les places sont prises à cette heure
why-ride-too-long = le trajet durerait { $ride } minutes, le maximum est { $most }
why-others-ride-too-long = un passager déjà prévu resterait trop longtemps à bord
why-left-alone = quelqu’un qui ne peut rester seul attendrait dans le véhicule
why-apart = quelqu’un est à bord qui ne doit pas voyager avec ce passager
why-no-break = resterait sans la pause convenue
why-busy = occupé : pas de place entre les arrêts à cette heure
why-no-time = pas de place pour ce trajet à une autre heure ce jour
# Ce qui suffirait à lui seul pour assurer un trajet que personne n’assurerait.
would-do-windows = si le passager peut partir { $by } plus tôt ou plus tard
would-do-ride = si le passager peut rester à bord { $by } de plus
would-do-block = avec { $by } de plus de la part du chauffeur { $driver }
would-do-one-more-trip = avec un trajet de plus pour { $driver }
would-do-unlocked = s’il peut être confié à un autre chauffeur
would-do-exception = si { $driver } va plus loin que convenu
