# Ce que disent toutes les pages.

language-name = Français
skip = Aller au contenu
talk = Vous préférez parler à quelqu’un ? Appelez le
signed-in-as = Vous êtes connecté : { $name }.
sign-out = Se déconnecter
to-start = Aller à l’accueil
back = Retour
next = Suivant
near-today = aujourd’hui, { $day }
near-tomorrow = demain, { $day }
day-before = Jour précédent
day-after = Jour suivant
day-and-time = { $day }, { $time }
between = entre { $from } et { $to }
erased = effacé

weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
day = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month }
day-with-year = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
time = { $hour } h { $minute }
duration-minutes = { $minutes } min
duration-hours = { $hours } h { $minutes } min
kilometres = { $length } km
miles = { $length } miles
decimal-sign = ,

## Connexion

sign-in-title = Se connecter
sign-in-code = Le code de votre carte
sign-in-hint = Douze lettres et chiffres. En minuscules ou en majuscules, avec ou sans tirets : tout convient.
sign-in-go = Entrer
sign-in-wrong = Ce code n’est pas connu ici. Regardez encore une fois votre carte, ou appelez-nous pour en avoir une autre.
sign-in-too-often = Trop de codes faux. Attendez une minute, puis essayez de nouveau.

## Quand quelque chose ne va pas

trouble-title = Cela n’a pas marché
trouble-not-found = Il n’y a rien ici. Cela a peut-être été changé ou retiré.
trouble-not-allowed = Vous ne pouvez pas faire cela vous-même. Appelez-nous si vous en avez besoin.
trouble-invalid = Cela ne peut pas se faire ainsi. Revenez en arrière pour le changer, ou appelez-nous.
trouble-conflict = Quelque chose s’y oppose. Revenez en arrière et regardez encore, ou appelez-nous.
trouble-busy = Nous sommes très occupés en ce moment. Essayez de nouveau dans une minute.
trouble-internal = Nous ne pouvons pas le faire pour l’instant. Rien n’est perdu : essayez de nouveau dans une minute, ou appelez-nous.
trouble-elsewhere = Cette page est pour d’autres. La vôtre est à un pas d’ici.
trouble-call-us = Nous ne pouvons pas le faire ici, mais nous le ferons volontiers pour vous au téléphone.

## Trajets

fetched-about = vers { $time }
fetched-at = départ à { $time }
fetched-when-called = quand vous appelez
there-by = arrivée avant { $time }
will-call = appellera
rider-number = Numéro { $number }
carried-nobody = personne encore
carried-will-call = attend l’appel
carried-offered = { $claims ->
    [0] proposé aux partenaires
    [one] proposé, une offre
   *[other] proposé, { $claims } offres
}
carried-asked = { $who } sollicité, réponse avant { $until }
carried-confirmed = { $who } à { $time }, { $progress }
progress-booked = prévu
progress-en-route = chauffeur en route
progress-arrived = chauffeur à la porte
progress-on-board = à bord
progress-done = arrivé
outcome-completed = effectué
outcome-cancelled = annulé
outcome-late-cancelled = annulé tard
outcome-cancelled-at-door = annulé à la porte
outcome-no-show = personne n’était là
outcome-missed-trip = la voiture n’est pas venue
outcome-turned-down = refusé
outcome-unmet = aucun chauffeur trouvé
need-ambulatory = marche
need-curb-to-curb = vient seul à la voiture
hours-how = Écrivez 9:00-12:00, 14:00-17:00 ; un jour laissé vide est un jour sans conduite.
hours-bad = Certaines heures ne se lisent pas. Écrivez-les ainsi : 9:00-12:00, 14:00-17:00, la plus tôt d’abord.
need-walker = déambulateur
need-transfer = fauteuil roulant, passe sur un siège
need-wheelchair = reste dans le fauteuil roulant
need-scooter = scooter
need-door-to-door = de porte à porte
need-door-through-door = aide dans la maison
need-hand-to-hand = de main à main
need-attendants = { $count ->
    [one] un accompagnant
   *[other] { $count } accompagnants
}
need-companions = { $count ->
    [one] une personne en plus
   *[other] { $count } personnes en plus
}
need-animal = animal d’assistance
need-not-alone = ne jamais laisser seul
seats = { $count ->
    [one] { $count } place
   *[other] { $count } places
}
wheelchair-spaces = { $count ->
    [one] une place pour fauteuil
   *[other] { $count } places pour fauteuil
}
ramp-or-lift = rampe ou élévateur

area-around = secteur { $place }
area-around-away = secteur { $place }, { $away }
area-away = à environ { $kilometres } km { $direction } du lieu « { $place } »
area-at = vers { $lat }, { $lon }
area-near = tout près du lieu « { $place } »
direction-north = au nord
direction-north-east = au nord-est
direction-east = à l’est
direction-south-east = au sud-est
direction-south = au sud
direction-south-west = au sud-ouest
direction-west = à l’ouest
direction-north-west = au nord-ouest
