# Ce qui alerte le régulateur, et ce qu’il faut dire au téléphone. À lire à voix haute, aussi à quelqu’un de très âgé.

# Les mots pour ce qui n’est pas connu.
alarm-some-rider = le passager
alarm-some-driver = le chauffeur
alarm-some-partner = l’autre coopérative
alarm-some-ticket = demande
alarm-some-lift = votre course
alarm-some-from = il est devant la porte
alarm-some-to = votre destination
alarm-some-time = à l’heure convenue
alarm-some-deadline = maintenant
alarm-some-moment = maintenant

member-number = membre { $number }
alarm-coop = coopérative …{ $key }
alarm-ticket = demande { $ticket }
alarm-lift = la course { $lift }
alarm-about-lift = course { $lift }
alarm-about-lift-for = course { $lift } pour { $partner }

# Un moment après un mot comme « avant », et un moment qui apporte sa préposition : « à 9 h 40 ».
alarm-deadline-today = { $time }
alarm-deadline-day = le { $day } à { $time }
alarm-moment-today = à { $time }
alarm-moment-day = le { $day } à { $time }

## Ce qui ne va pas

alarm-wrong-left-behind = le passager est hors de chez lui et son retour est tombé à l’eau
alarm-wrong-return-out = le passager est hors de chez lui et personne n’assure son retour
alarm-wrong-return-out-broken = le passager est hors de chez lui et celui qui avait promis le retour ne peut pas venir
alarm-wrong-return = personne n’assure encore le retour : à régler avant le départ du passager
alarm-wrong-return-broken = celui qui avait promis le retour ne peut pas venir : à régler avant le départ du passager
alarm-wrong-driver-late = le chauffeur est en route et en retard
alarm-wrong-driver-overdue = le chauffeur devrait être là et n’a pas donné signe : appelez-le
alarm-wrong-rider-not-at-door = le chauffeur est à la porte et le passager ne vient pas
alarm-wrong-on-board-too-long = le passager est à bord depuis plus longtemps que promis
alarm-wrong-given-up = { $partner } avait confirmé, puis y a renoncé ; personne ne l’a confirmé depuis
alarm-wrong-given-up-why = { $partner } avait confirmé, puis y a renoncé ({ $reason }) ; personne ne l’a confirmé depuis
alarm-wrong-not-taken = celui qui était sollicité ne l’a pas pris : confiez-le à quelqu’un d’autre
alarm-wrong-not-taken-why = celui qui était sollicité ne l’a pas pris ({ $reason }) : confiez-le à quelqu’un d’autre
alarm-wrong-nobody-has-it = personne ne l’assure encore et il reste moins d’un jour
alarm-wrong-rider-suspended = l’adhésion du passager est suspendue et le trajet est toujours prévu : rétablir l’adhésion ou annuler le trajet
alarm-wrong-driver-may-not = { $driver } ne peut pas l’assurer : { $why } ; confiez-le à quelqu’un d’autre
alarm-wrong-credential-withdrawn = { $partner } a retiré l’attestation de ce chauffeur : demandez qui vient à sa place
alarm-wrong-award-unanswered = confié à { $partner }, sans réponse pour l’instant ; il faut un oui avant { $deadline }
alarm-wrong-driver-silent = { $driver } n’a pas encore répondu ; il faut une réponse avant { $deadline }
alarm-wrong-called-off-untold = repris { $moment }, mais le message n’est pas encore arrivé chez { $partner } : leur chauffeur viendra peut-être
alarm-wrong-boarded-anyway = repris à { $partner }, mais leur chauffeur avait déjà le passager à bord
alarm-wrong-details-missing = le chauffeur ne sait pas encore qui aller chercher, ni où
alarm-wrong-hold-ending = nous gardons { $driver } libre pour { $partner } : ils doivent décider avant { $deadline } et ne l’ont pas encore fait
alarm-wrong-claim-ending = { $partner } l’assurerait et retient un chauffeur : décidez avant { $deadline }
alarm-wrong-waits-for-other-half = { $partner } l’assurerait et retient un chauffeur ; le délai se termine { $moment }, et personne n’assure l’autre moitié de l’aller-retour
alarm-wrong-call-back = a demandé { $moment } qu’on l’appelle
alarm-wrong-will-call-silent = le passager est hors de chez lui depuis des heures et n’a pas appelé
alarm-wrong-partner-unreachable = { $partner } ne reçoit plus nos messages depuis { $deadline }
alarm-wrong-message-lost = un message à { $partner } est perdu pour de bon : comparez ce qui est convenu
alarm-wrong-partner-at-odds = { $partner } a signé deux choses qui se contredisent : ce qui est réservé reste valable, ne convenez de rien de nouveau
alarm-wrong-not-told = un message n’est pas arrivé, ou peut-être pas : téléphonez, puis notez que c’est dit
alarm-wrong-outcome-disputed = les deux parties ne disent pas la même chose sur la façon dont cela s’est terminé

## Pourquoi un chauffeur ou un véhicule ne convient plus

alarm-unfit-not-active = adhésion suspendue
alarm-unfit-on-leave = en congé ce jour-là
alarm-unfit-hours-gone = plus disponible à cette heure-là
alarm-unfit-vehicle-gone = le véhicule n’est plus en service
alarm-unfit-no-break = il ne reste pas de temps pour la pause convenue
alarm-unfit-riders-apart = deux passagers qui ne doivent pas voyager ensemble seraient à bord en même temps
alarm-unfit-overfull = pas assez de places pour tous ceux qui seraient à bord
alarm-unfit-not-seen = un justificatif n’a pas été vu ({ $item })
alarm-unfit-expired = un justificatif a expiré le { $date } ({ $item })
alarm-item-licence = permis de conduire
alarm-item-driving-record = dossier de conduite
alarm-item-criminal-record = casier judiciaire
alarm-item-insurance = assurance
alarm-item-vehicle-inspection = contrôle technique
alarm-item-training = formation

## Pourquoi quelqu’un y a renoncé ou ne l’a pas pris

alarm-refused-hold-expired = le chauffeur n’était plus retenu
alarm-refused-driver-declined = le chauffeur a refusé
alarm-refused-driver-silent = le chauffeur n’a pas répondu
alarm-refused-provider-failed = le chauffeur ne peut pas venir
alarm-refused-unknown-claim = l’offre n’y est pas connue
alarm-refused-no-longer-qualified = le chauffeur ou le véhicule ne convient plus

## Ce qu’il faut dire au passager

alarm-to-rider = Bonjour { $called }, ici { $us }. { $rest }
alarm-rider-stay-there = Nous savons que vous voulez rentrer. Restez à l’intérieur, là où vous êtes, s’il vous plaît. Nous cherchons quelqu’un et nous vous rappelons d’ici un quart d’heure.
alarm-rider-do-not-leave = Nous n’avons encore personne pour vous ramener { $at }. S’il vous plaît, ne partez pas avant notre prochain appel.
alarm-rider-driver-overdue = Votre chauffeur est en retard. Est-ce que vous allez bien ? Nous demandons où il est et nous vous rappelons dans dix minutes.
alarm-rider-not-at-door = Votre chauffeur est arrivé et vous attend : { $from }. Est-ce que vous venez ?
alarm-rider-on-board-too-long = Vous devriez être sur place maintenant. Êtes-vous encore en route ? Est-ce que tout va bien ?
alarm-rider-given-up = Le chauffeur que nous vous avions annoncé ne peut pas venir { $at }. Nous cherchons quelqu’un d’autre et nous vous rappelons.
alarm-caregiver-not-told = Je vous appelle au sujet du trajet de { $rider } prévu { $at }, car notre message ne vous est peut-être pas parvenu.
alarm-rider-not-told = Je vous appelle au sujet de votre trajet prévu { $at }, car notre message ne vous est peut-être pas parvenu.
alarm-rider-boarded-anyway = Vous êtes finalement en route. Est-ce que tout va bien, et voulez-vous toujours y aller ?
alarm-rider-suspended = Votre adhésion est suspendue en ce moment, votre trajet { $at } n’est donc pas certain. Parlons-en.
alarm-rider-call-back = Vous nous avez demandé de vous appeler. Que pouvons-nous faire pour vous ?
alarm-rider-will-call-silent = Comment cela se passe-t-il ? Quand voulez-vous que nous venions vous chercher ?
alarm-rider-outcome-disputed = Votre trajet vers { $to } a-t-il eu lieu ?
alarm-rider-nobody-yet = Nous n’avons pas encore trouvé de chauffeur pour venir vous chercher { $at }. Une autre heure vous conviendrait-elle ? Nous continuons à chercher et nous vous rappelons.

## Ce qu’il faut dire au chauffeur

alarm-driver-overdue = Où êtes-vous ? Vous deviez aller chercher { $rider } { $at } ({ $lift }).
alarm-driver-on-board-too-long = Est-ce que { $rider } est encore avec vous ? Est-ce que tout va bien ({ $lift }) ?
alarm-driver-may-not = Vous avez { $lift } { $at }, mais il y a un empêchement : { $why }. Nous la confions à quelqu’un d’autre.
alarm-driver-suspended = Vous avez { $lift } { $at }, mais votre adhésion est suspendue en ce moment. Nous la confions à quelqu’un d’autre.
alarm-driver-rider-suspended = Il n’est pas certain que { $rider } voyage { $at } ({ $lift }). Nous vous dirons s’il faut venir.
alarm-driver-silent = Pouvez-vous assurer { $lift } { $at } ? Dites-moi oui ou non maintenant, s’il vous plaît.
alarm-driver-details-missing = Notez, s’il vous plaît, qui vous allez chercher { $at } et où ({ $lift }).
alarm-driver-not-told = Regardez, s’il vous plaît, les courses qui vous sont proposées et votre feuille de route : notre message ne vous est peut-être pas parvenu.
alarm-driver-how-did-it-end = Comment s’est terminée { $lift } ?

## Ce qu’il faut dire à une autre coopérative

alarm-to-office = Bonjour, ici { $us }. { $rest }
alarm-office-at-the-door = Bonjour, ici { $driver }. Je suis devant la porte de votre passager ({ $reference }) et personne ne vient. Appelez-le, s’il vous plaît.
alarm-office-overdue-ours = Votre chauffeur devait venir chercher notre passager { $at } ({ $reference }). Où est-il ?
alarm-office-overdue = Notre chauffeur devait aller chercher votre passager { $at } ({ $reference }) et ne donne pas signe. Appelez votre passager, s’il vous plaît.
alarm-office-on-board-too-long-ours = Notre passager est avec votre chauffeur depuis plus longtemps que convenu ({ $reference }). Est-ce que tout va bien ?
alarm-office-on-board-too-long = Votre passager est avec notre chauffeur depuis plus longtemps que convenu ({ $reference }). Nous appelons le chauffeur.
alarm-office-driver-may-not = Notre chauffeur qui devait aller chercher votre passager { $at } ({ $reference }) ne peut pas conduire : { $why }. Nous en cherchons un autre, ou nous vous rendons le trajet ; cherchez aussi de votre côté, s’il vous plaît.
alarm-office-rider-suspended = Il n’est pas certain que notre passager ({ $reference }) voyage { $at }. Nous vous dirons si votre chauffeur doit venir.
alarm-office-credential-withdrawn = Vous avez retiré l’attestation du chauffeur de notre { $reference }, prévue { $at }. Qui vient à sa place ?
alarm-office-award-unanswered = Nous vous avons confié notre { $reference }, prévue { $at }. Dites-nous oui ou non, s’il vous plaît ; sans réponse avant { $deadline }, nous demanderons à quelqu’un d’autre.
alarm-office-called-off-untold = Notre { $reference }, prévue { $at }, est annulée, et votre nœud ne le sait pas encore. Prévenez votre chauffeur, s’il vous plaît.
alarm-office-boarded-anyway = Nous avions repris notre { $reference }, prévue { $at }, mais votre chauffeur a notre passager à bord. Amenez-le à destination, s’il vous plaît.
alarm-office-details-missing = Notre chauffeur va chercher votre passager { $at } ({ $reference }) et n’a encore ni son nom ni son adresse. Donnez-les-nous, s’il vous plaît.
alarm-office-hold-ending = Nous retenons un chauffeur pour votre { $reference }, prévue { $at }. Devons-nous l’assurer ? Il nous faut votre réponse avant { $deadline }.
alarm-office-claim-ending = Vous retenez un chauffeur pour notre { $reference } ; le délai se termine { $moment }. Pouvez-vous le retenir plus longtemps ?
alarm-office-waits-for-other-half = Vous retenez un chauffeur pour notre { $reference } ; le délai se termine { $moment }. Nous cherchons quelqu’un pour l’autre trajet ; pourriez-vous assurer les deux ?
alarm-office-partner-unreachable = Votre nœud ne reçoit plus nos messages depuis { $deadline }. Passons en revue ce que nous avons réservé ensemble.
alarm-office-message-lost = Un message que nous vous avons envoyé est perdu. Passons en revue ce que nous avons réservé ensemble.
alarm-office-partner-at-odds = Votre nœud a signé deux choses qui se contredisent. Ce qui est réservé reste valable ; cherchez d’où cela vient, s’il vous plaît.
alarm-office-outcome-disputed = Nous n’avons pas noté la même fin que vous pour la { $reference }, prévue { $at }. Qu’avez-vous noté ?
