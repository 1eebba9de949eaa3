# Pourquoi quelque chose n’a pas été fait, et que faire ensuite au bureau ou sur la page du chauffeur. La ligne de
# commande a ses propres phrases. Les noms y sont si le lecteur peut les voir, sinon « membre 12 ».

# Un moment après un mot comme « avant », « dès » ou « pour ».
told-moment-today = { $time }
told-moment-day = le { $day } à { $time }

## Ce qui n’existe pas

refusal-no-member = Il n’y a pas de membre { $number }. Cherchez la personne par son nom.
refusal-no-vehicle = Il n’y a pas de véhicule { $vehicle }. La page du chauffeur montre ceux qui existent.
refusal-no-trip = Il n’y a pas de trajet { $trip }. Vérifiez son numéro.
refusal-no-subscription = Il n’y a pas d’abonnement { $order }. Revoyez le trajet.
refusal-no-ticket = Nous ne demandons plus à personne d’assurer { $ticket }. Revoyez la page des partenaires.
refusal-no-claim = Cette offre n’existe plus. Revoyez la page des partenaires.
refusal-no-lift = Il n’y a pas de course { $lift }. Revoyez la liste du jour.
refusal-no-capacity = Ces places libres n’existent plus. Revoyez la page des partenaires.
refusal-no-offer = Plus personne ne nous le demande. Revoyez la page des partenaires.
refusal-nothing-spare = Cette tournée n’a pas de place libre : elle est pleine, vide ou terminée. Choisissez-en une autre.
refusal-no-trip-on-date = L’abonnement ne prévoit aucun trajet le { $date }. Choisissez un jour où il y en a un.
refusal-no-partners = Il n’y a pas encore de coopérative partenaire. L’opérateur peut rejoindre une fédération.
refusal-our-own-coop = C’est notre propre coopérative. Choisissez un partenaire.
refusal-no-run = Cette tournée n’existe plus. Revoyez la journée.
refusal-no-card = Ce code n’est pas connu ici. Relisez la carte, ou demandez-en une nouvelle au bureau.
refusal-card-taken = Cette carte est déjà une autre. Faites-en une nouvelle.
refusal-own-caregiver = { $member } agit déjà pour son propre compte. Choisissez quelqu’un d’autre.
refusal-too-many-caregivers = { $rider } a déjà autant d’aidants qu’il peut y en avoir. Mettez d’abord fin à l’un d’eux.
refusal-no-caregiver = { $caregiver } n’est pas l’aidant de ce passager : { $rider }. Revoyez la page du passager.
refusal-no-call-asked = { $rider } n’attend pas d’appel. Quelqu’un a peut-être déjà appelé.
refusal-no-invitation = Cette invitation n’est pas connue ici. Demandez-en une nouvelle au bureau.
refusal-invitation-expired = Le délai de cette invitation est passé depuis { $at }. Demandez-en une nouvelle au bureau.
refusal-invitation-used = Cette invitation a déjà servi. Demandez-en une nouvelle au bureau.

## Qui peut le faire

refusal-not-allowed = Vous ne pouvez pas { $kind }. Demandez à un régulateur ou à l’opérateur.
kind-run-coop = changer le fonctionnement de la coopérative
kind-keep-members = tenir la liste des membres
kind-enrol = inscrire un appareil
kind-sign-in = connecter quelqu’un
kind-entrust = dire qui agit pour ce passager
kind-keep-driver = changer les heures ou le véhicule de ce chauffeur
kind-keep-trips = réserver ou changer ce trajet
kind-dispatch = confier des trajets aux chauffeurs
kind-drive = noter quelque chose sur cette course
kind-negotiate = parler pour une autre coopérative
kind-tick = faire passer le temps
refusal-not-yours-to-ask = Ce n’est pas à vous de le voir. Demandez au bureau.
refusal-operator-only = Seul l’opérateur peut le faire. Demandez-le-lui.
refusal-suspended = { $member } est en suspension. Réintégrez d’abord cette personne.
refusal-lacks-role = { $member } n’a pas ce rôle : { $role }. Donnez-le-lui d’abord.
refusal-key-taken = Cet appareil est celui d’un autre membre. Réinstallez-le.

## Des personnes qui ne vont pas ensemble

refusal-too-many-wishes = { $rider } a déjà des souhaits concernant { $most } chauffeurs. Retirez-en un d’abord.
refusal-kept-apart = { $driver } ne doit jamais conduire ce passager : { $rider }. Choisissez un autre chauffeur, ou retirez le souhait sur la page du passager.
refusal-riders-apart = { $rider } et { $other } ne doivent jamais être à bord ensemble. Choisissez un autre chauffeur ou une autre heure.
refusal-one-rider = C’est deux fois la même personne : { $rider }. Choisissez-en deux.
refusal-too-many-apart = { $rider } est déjà à tenir à l’écart de { $most } autres. Mettez-y fin pour l’un d’eux d’abord.

## Chauffeurs et véhicules

refusal-no-break = { $driver } resterait sans pause le { $date }. Choisissez un autre chauffeur ou une autre heure, ou convenez d’une autre pause avec le chauffeur.
refusal-break-does-not-fit = Une pause de { $length } ne tient pas dans { $room }. Écrivez-en une plus courte, ou des heures plus longues.
refusal-breaks-overlap = Deux pauses d’un même jour tombent aux mêmes heures. Écrivez-les l’une après l’autre.
refusal-not-vetted = { $driver } ne peut pas conduire le { $date } ({ $why }). Notez ce qui a été vu sur la page du chauffeur, ou choisissez un autre chauffeur.
unvetted-not-seen = { $item } : pas encore vu
unvetted-expired = { $item } : expiré le { $date }
refusal-not-available = { $driver } n’a pas donné ces heures le { $date }. Choisissez un autre chauffeur ou une autre heure, ou demandez et notez les heures.
refusal-driver-busy = { $driver } a une autre tournée à cette heure. Choisissez un autre chauffeur ou une autre heure.
refusal-vehicle-busy = Le véhicule { $vehicle } est déjà sorti à cette heure. Choisissez un autre véhicule ou un autre chauffeur.
refusal-incapable = Le véhicule { $vehicle } ne convient pas à ce trajet : { $why }. Choisissez un autre chauffeur.
refusal-run-too-many-stops = Une tournée a { $most } arrêts au plus. Choisissez un autre chauffeur.
refusal-run-outside-block = L’arrêt prévu pour { $at } est hors des heures du chauffeur. Choisissez un autre chauffeur ou une autre heure.
refusal-run-outside-window = L’arrêt prévu pour { $at } est hors des heures convenues avec le passager. Choisissez un autre chauffeur ou une autre heure.
refusal-run-overlap = Pour l’arrêt prévu pour { $at }, le chauffeur serait encore ailleurs. Choisissez un autre chauffeur ou une autre heure.
refusal-run-overfull = Le véhicule serait trop plein après l’arrêt prévu pour { $at }. Choisissez un autre chauffeur ou une autre heure.
refusal-run-unpaired = La montée et la descente d’un trajet ne vont pas ensemble. Revoyez la journée.
refusal-run-ride-too-long = Un passager resterait { $ride } à bord, le maximum est { $most }. Choisissez un autre chauffeur ou une autre heure.
refusal-breaks-promise = Cela changerait ce qui est convenu avec un autre passager. Choisissez un autre chauffeur ou une autre heure.
refusal-too-many-hours = Trop d’heures isolées ou d’absences sont notées pour ce chauffeur. Notez ce qui revient chaque semaine dans ses heures de la semaine.
refusal-too-many-vehicles = { $driver } a trop de véhicules. Changez-en un qui ne sert plus.
refusal-empty-hours = Les heures finissent avant de commencer. Écrivez d’abord la plus tôt.
refusal-driver-cannot = { $driver } ne peut pas assurer le trajet { $trip } : { $why }. Choisissez un autre chauffeur ou une autre heure.
refusal-no-driver-here = { $driver } ne peut pas assurer le trajet { $trip }, faute d’être chauffeur. Choisissez quelqu’un d’autre.
refusal-nobody = Aucun de nos chauffeurs ne peut assurer le trajet { $trip }. Choisissez une autre heure, ou demandez aux partenaires.
refusal-nobody-then = Aucun de nos chauffeurs ne peut assurer le trajet { $trip } à cette heure. { $driver } le pourrait à une autre : { $at }. Sinon, demandez aux partenaires.
refusal-none-of-ours-can = Aucun de nos chauffeurs ne peut l’assurer : { $why }.
refusal-no-drivers = il n’y a pas de chauffeur

## Les heures

refusal-zone-unknown = Il n’y a pas de fuseau horaire « { $zone } ». Écrivez un nom comme Europe/Paris ou Australia/Sydney.
refusal-zone-nonexistent = Les horloges avancent à ce moment, cette heure n’existe donc pas : { $at }. Choisissez une heure avant ou après l’heure manquante.
refusal-zone-out-of-range = Ce moment est trop lointain : { $at }. Vérifiez la date.
refusal-in-the-past = C’est déjà passé : { $at }. Vérifiez le jour et l’heure.
refusal-too-far-ahead = Cette date est trop lointaine : { $date }. On réserve jusqu’à cette date : { $last }. Vérifiez l’année.
refusal-plan-past = Ce qui était prévu pour { $at } est maintenant passé. Planifiez de nouveau.
refusal-from-the-future = C’est encore à venir : { $at }. Vérifiez l’horloge de l’appareil.
refusal-rule-malformed = Ce qui doit revenir ne se lit pas. Choisissez de nouveau les jours.
refusal-rule-too-often = Un abonnement revient une fois par jour au plus. Choisissez de nouveau les jours.
refusal-rule-nothing-to-leave-out = L’abonnement ne prévoit aucun trajet le { $date }. N’excluez que des jours où il y en aurait un.
refusal-rule-first-date-off = Le premier jour, { $date }, n’est pas un de ceux où cela revient. Commencez par l’un d’eux.
refusal-too-many-exceptions = Trop de jours sont exclus de cet abonnement. Mettez-y fin et commencez-en un nouveau.

## Les trajets

refusal-return-before-outbound = Le retour, prévu pour { $back }, commencerait avant l’arrivée du passager, prévue pour { $out }. Choisissez une heure plus tardive.
refusal-rider-busy = Le passager fait le trajet { $trip } à cette heure. Changez ce trajet, ou choisissez une autre heure.
refusal-party-too-large = { $count } personnes en plus du passager sont trop pour un trajet ; le maximum est { $most }. Réservez deux trajets.
refusal-trip-over = Le trajet { $trip } est terminé et reste tel quel. Réservez-en un autre.
refusal-trip-taken = Quelqu’un assure déjà le trajet { $trip }. Reprenez-le d’abord.
refusal-locked = Le trajet { $trip } reste chez qui l’assure. Un régulateur peut permettre de le déplacer.
refusal-rider-on-board = Le passager du trajet { $trip } est déjà à bord, rien n’y change plus. Téléphonez au chauffeur s’il faut aller ailleurs, et réservez la suite.
refusal-not-will-call = Le trajet { $trip } n’attend pas d’appel : son heure est fixée.
refusal-no-time-yet = Le trajet { $trip } n’a pas d’heure tant que le passager n’a pas appelé. Notez-le quand il appelle.
refusal-outcome-impossible = Le trajet { $trip } ne peut pas être noté « { $outcome } » maintenant : { $why }.
hindrance-driver-reports = c’est à noter sur la page du chauffeur
hindrance-window-not-over = le chauffeur peut encore venir
hindrance-on-board = le passager est à bord
hindrance-confirmed = quelqu’un l’assure ; reprenez-le d’abord
refusal-too-many-moves = { $count } trajets sont trop pour un seul déplacement ; le maximum est { $most }. Déplacez-les en plusieurs fois.

## Ce que les chauffeurs notent

refusal-lift-state = La course { $lift } en est à « { $state } ». On ne peut pas y noter « { $wanted } » maintenant. Revoyez la journée.
standing-held = retenue pour un partenaire
standing-awarded = attend la réponse du chauffeur
standing-confirmed = convenue
standing-over = terminée
standing-given-up = abandonnée
wanted-accepted = acceptée
wanted-declined = refusée
wanted-driven = assurée
wanted-set-down = arrivé, sans avoir été à bord
wanted-miles = distance parcourue
wanted-claimed-again = proposée encore une fois
refusal-too-early-for-no-show = Il est trop tôt pour noter que personne n’est là (course { $lift }). Ce sera possible dès { $from }.
refusal-too-early-for-lift = La course { $lift } est prévue pour { $planned }. Rien ne peut y être noté avant { $from }. Vérifiez la course et le jour.
refusal-not-your-lift = La course { $lift } est celle d’un autre chauffeur. Revoyez votre journée.

## Les coopératives partenaires

refusal-bid-gone = Le partenaire ne retient plus de chauffeur pour cela. Choisissez une autre offre.
refusal-not-theirs = Ce message ne revenait pas à cette coopérative. Il est laissé de côté.
refusal-barred = Cette coopérative a signé deux choses qui se contredisent. Rien de nouveau n’est convenu avec elle avant que l’opérateur ne lui ait parlé et ne l’ait rétablie.
refusal-not-barred = Rien ne pèse sur cette coopérative. Il n’y a rien à rétablir.
refusal-never-cleared = Cette coopérative s’est contredite trop souvent pour être encore rétablie. Les coopératives décident ensemble si elle reste.
refusal-no-reason = Écrivez pourquoi la coopérative est rétablie, en une ligne de { $most } caractères au plus.
refusal-ticket-past = L’heure en est passée. Choisissez autre chose.
refusal-share-too-early = Ce trajet est dans plus de quatre semaines. Il sera proposé aux partenaires de lui-même quand il approchera.
refusal-too-few-addresses = Il y a si peu d’adresses autour que même une grande zone désignerait une porte. Le trajet n’est pas proposé aux partenaires ; nos propres chauffeurs peuvent l’assurer.
refusal-driver-has-no-run = { $driver } n’a pas de tournée le { $date }. Revoyez la journée.
refusal-no-such-partner = Aucune coopérative partenaire ne s’appelle « { $who } ». Choisissez-en une dans la liste.
refusal-which-partner = « { $who } » peut désigner l’une de celles-ci : { $names }. Écrivez davantage du nom.
refusal-no-open-ticket = Aucun partenaire ne demande plus { $ticket }. Revoyez la page des partenaires.
refusal-no-federation = Cette coopérative n’est encore dans aucune fédération. L’opérateur peut en rejoindre une.

## Déplacer des trajets, et planifier une journée

refusal-give-one-or-two = Choisissez un trajet ou deux, ou planifiez toute la journée.
refusal-named-twice = Le trajet { $trip } est nommé deux fois. Écrivez l’autre.
refusal-both-to-one = Les deux iraient au même chauffeur : { $driver }. Déplacez l’un, puis l’autre.
refusal-locked-to = Le trajet { $trip } reste à son chauffeur : { $driver }. Permettez d’abord de le déplacer.
refusal-already-with = Le trajet { $trip } est déjà à ce chauffeur : { $driver }. Choisissez un autre chauffeur.
refusal-not-with-us = Aucun de nos chauffeurs n’a le trajet { $trip }. Écrivez le numéro d’un chauffeur pour l’autre trajet.
refusal-nothing-moved = Rien n’a été déplacé, car la journée n’est plus celle qui a été planifiée. { $why }
refusal-day-unplannable = Cette journée ne peut pas être planifiée : certains de ses chiffres n’ont pas de sens. Dites-le à l’opérateur.
refusal-no-show-not-noted = Personne n’a encore noté que le passager du trajet { $trip } n’était pas là. Notez-le d’abord, puis planifiez de nouveau.
refusal-not-movable = Le trajet { $trip } n’est pas de ceux de ce jour qui peuvent encore être déplacés. Revoyez la journée.
refusal-driver-not-out = { $driver } n’a ni tournée ni heures ce jour-là. Vérifiez le chauffeur et le jour.
refusal-planning-busy = Une autre journée est en train d’être planifiée. Essayez de nouveau quand ce sera fini.
refusal-search-broke = La recherche s’est interrompue. Essayez de nouveau.

## Les lieux et les personnes

refusal-place-needs-name = Donnez au lieu un nom bien à lui.
refusal-place-taken = « { $place } » est déjà un autre lieu : { $label }. Choisissez un autre nom.
refusal-no-place = Aucun lieu ne s’appelle « { $place } ». Choisissez l’un de ceux qui sont montrés.
refusal-no-home = Aucune adresse n’est connue pour { $rider }. Écrivez-la sur la page du passager.
refusal-one-place = « { $from } » et « { $to } » sont un seul lieu. Écrivez où va le trajet.
refusal-no-road = D’après la carte, aucune route et aucun bac ne mène de « { $from } » à « { $to } ». Vérifiez où c’est, ou réservez jusqu’au bout de la route.
refusal-too-far = Il y a { $away } de « { $from } » à « { $to } ». Vérifiez où c’est.
refusal-places-erased = On ne sait plus où allait le trajet { $trip } : cela a été effacé.
refusal-needs-role = Un membre a besoin d’un rôle : passager, chauffeur ou régulateur.
refusal-name-missing = Écrivez un nom.
refusal-bad-email = Ce n’est pas une adresse e-mail. Écrivez-la comme nom@example.org.
refusal-no-such-language = Cette langue n’existe pas ici. Choisissez l’une de celles-ci : { $all }.
refusal-reach-needs-email = Pour être prévenu par e-mail, il faut une adresse e-mail. Écrivez-la aussi.
refusal-reach-needs-phone = Pour être prévenu par SMS ou par appel, il faut un numéro de téléphone. Écrivez-le aussi.
refusal-text-too-long = C’est plus long que { $most } octets : { $field }. Raccourcissez.
refusal-text-unprintable = Certains caractères ne peuvent pas être imprimés : { $field }. Écrivez-le de nouveau.
field-place-name = le nom du lieu
field-address = l’adresse
field-place-note = la note sur le lieu
field-trip-note = la note pour le chauffeur
field-name = le nom
field-phone = le numéro de téléphone
field-emergency = la personne à appeler en cas d’urgence
field-vehicle = le véhicule
field-note = la note

## Les alertes et les messages

refusal-no-alarm = Cette alerte est passée. Revoyez la liste.
refusal-which-alarm = Plusieurs alertes pourraient être celle-là. Revoyez la liste.
refusal-no-message = Ce message n’existe plus. Revoyez la liste.
refusal-no-phone-needed = Personne n’a besoin d’un appel pour ce message. Revoyez la liste.

## Le nœud lui-même

refusal-no-coop = Aucune coopérative n’a encore été fondée ici. Dites-le à l’opérateur.
refusal-coop-exists = Une coopérative a déjà été fondée ici. Rien n’a été changé.
refusal-key-used = Sous le même nom, autre chose a été demandé avant. Revenez en arrière, rechargez la page et envoyez encore une fois.
refusal-told-once = C’est déjà fait, et ce qui en est sorti ne se montre qu’une fois. Regardez ce qu’il y a maintenant.
refusal-halfway = Cela a été commencé et n’est pas allé au bout. Regardez ce qu’il y a maintenant, et demandez le reste.
refusal-disk-full = Le disque du nœud est plein. Rien n’a été changé : dites-le à l’opérateur, puis essayez de nouveau.
refusal-node-ending = Le nœud redémarre. Essayez de nouveau dans une minute.
