# Ce que l’on dit aux gens par courriel, message ou téléphone. Court, sans adresse ni nom complet.

message-for = Pour { $name } : { $text }
message-call-us = { $text } Une question ? Appelez le { $phone }.
message-subject-rider = Votre trajet du { $day }
message-subject-driver = Vos trajets du { $day }
message-subject-alarm = Il faut téléphoner

message-booked = { $coop } : votre trajet du { $day } est réservé. On vient vous chercher vers { $time }. Nous vous dirons qui conduit. Numéro { $trip }.
message-booked-will-call = { $coop } : votre trajet du { $day } est noté. Appelez-nous le moment venu. Numéro { $trip }.
message-changed = { $coop } : votre trajet du { $day } a changé. On vient maintenant vous chercher vers { $time }. Numéro { $trip }.
message-changed-will-call = { $coop } : votre trajet du { $day } a changé. Appelez-nous le moment venu. Numéro { $trip }.
message-cancelled = { $coop } : votre trajet du { $day } vers { $time } n’aura pas lieu. Numéro { $trip }.
message-cancelled-will-call = { $coop } : votre trajet du { $day } n’aura pas lieu. Numéro { $trip }.
message-confirmed = { $coop } : le { $day } à { $time }, { $driver } vient vous chercher. Voiture : { $vehicle }. Votre mot : { $word }.
message-reminder = { $coop } : demain, { $day }, { $driver } vient vous chercher à { $time }. Voiture : { $vehicle }. Votre mot : { $word }.
message-reminder-nobody = { $coop } : votre trajet de demain, { $day }, vers { $time } : nous cherchons encore un chauffeur et vous le dirons.
message-reminder-will-call = { $coop } : demain, { $day }, nous venons vous chercher quand vous appelez. Numéro { $trip }.
message-on-the-way = { $coop } : { $driver } est en route vers vous. Voiture : { $vehicle }. Votre mot : { $word }.
message-unknown-driver = votre chauffeur
message-unknown-vehicle = à voir avec le chauffeur

message-offer = { $coop } : pouvez-vous conduire le { $day } à { $time }, environ { $duration } ? Trajet { $lift }. Répondez oui ou non avant { $until }.
message-lift-cancelled = { $coop } : le trajet { $lift } du { $day } à { $time } n’aura pas lieu.
message-run-changed = { $coop } : votre { $day } a changé. { $lifts ->
    [0] Vous n’avez plus de trajet.
    [one] Vous avez un trajet, à { $time }.
   *[other] Vous avez { $lifts } trajets, le premier à { $time }.
} Regardez votre feuille de route.
message-manifest = { $coop } : demain, { $day }, vous avez { $lifts ->
    [one] un trajet, à { $time }.
   *[other] { $lifts } trajets, le premier à { $time }.
} Votre feuille de route est prête.

message-alarm = { $coop } : il faut téléphoner tout de suite. Regardez les alarmes.
