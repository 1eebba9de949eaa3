//! Six coops of nine lie about bookings: they claim everything and never confirm, confirm what was never awarded, award
//! what nobody claimed, and speak about bookings of others. The three honest ones keep their promises to each other,
//! and nearly as many of their riders travel.

#![allow(clippy::print_stderr)] // Figures, shown with --nocapture.

use jitney_domain::Minutes;
use jitney_domain::booking::{ClaimPhase, TicketPhase};
use jitney_federation::mail::MAX_WAITING_PER_COOP;
use jitney_sim::hostile::Liar;
use jitney_sim::invariants::disagreements;
use jitney_sim::scenario::{PEACE, federation, live, new_world};
use jitney_sim::{Chance, Chaos, Faults, Seen, Workload, World, people};

const HONEST: usize = 3;
const LIARS: usize = 6;
const DAY: Minutes = Minutes(12 * 60);
/// Time between two moments at which all liars say something.
const EVERY: Minutes = Minutes(20);

/// Lets the honest live a day while the others lie or keep silent.
fn day(seed: u64, lying: bool) -> (World, Vec<Liar>) {
    let mut chance = Chance::new(seed);
    let mut world = new_world(seed, &mut chance);
    federation(&mut world, HONEST + LIARS, people::policy, &mut chance);
    for at in 0..HONEST {
        people::populate(&mut world, at, 6, 3, &mut chance);
    }
    let mut liars: Vec<Liar> =
        (HONEST..HONEST + LIARS).map(|at| Liar::new(&mut world, at, chance.fork())).collect();
    let mut chaos = Chaos::new(Faults::none(), chance.fork());
    let mut people = Workload::new(chance.fork()).among(HONEST);
    let end = world.now().after(DAY);
    while world.now() < end {
        live(&mut world, EVERY, &mut people, &mut chaos);
        for liar in liars.iter_mut().filter(|_| lying) {
            liar.act(&mut world, HONEST);
        }
    }
    world.run_for(PEACE);
    (world, liars)
}

fn confirmed(seen: &Seen) -> u64 {
    seen.confirmed_at_home + seen.confirmed_by_partners
}

#[test]
fn three_coops_keep_their_promises_among_six_that_lie() {
    let (quiet, _) = day(3, false);
    let (world, liars) = day(3, true);
    let lies = liars.iter().map(|liar| liar.lies).fold((0, 0, 0, 0), |sum, l| {
        (sum.0 + l.claims, sum.1 + l.confirmations, sum.2 + l.awards, sum.3 + l.about_others)
    });
    let outcomes: u64 = liars.iter().map(|liar| liar.lies.outcomes).sum();
    let (seen, usual) = (world.watch.seen, quiet.watch.seen);
    eprintln!("claims, confirmations, awards, lies about others: {lies:?}\n{usual:?}\n{seen:?}");
    assert!(lies.0 > 20 && lies.1 > 100 && lies.2 > 100 && lies.3 > 100, "{lies:?}");
    assert!(outcomes > 500, "{outcomes}");
    assert!(world.watch.violations.is_empty(), "{:?}", world.watch.violations.first());
    for at in 0..HONEST {
        let state = world.state(at).unwrap();
        let liar = |key| world.nodes[HONEST..].iter().any(|node| node.coop() == key);
        for (id, ticket) in state.tickets.iter() {
            assert!(ticket.claims.len() <= 64, "{id:?}");
            let confirmed = matches!(ticket.phase, TicketPhase::Confirmed(..) | TicketPhase::Settled(..));
            assert!(!(confirmed && ticket.award().is_some_and(|a| liar(a.provider))), "{id:?}");
        }
        // What is signed about claims that there are not, or by others than those concerned, leaves nothing on the disk.
        let settled = state
            .tickets
            .iter()
            .filter(|(_, t)| matches!(t.phase, TicketPhase::Settled(..) | TicketPhase::Disputed(..)));
        let stated =
            state.claims.iter().filter(|(_, claim)| matches!(claim.phase, ClaimPhase::Stated { .. }));
        let (claims, words) = world.nodes[at].receipts();
        let most = settled.count() + stated.count();
        assert!(
            claims <= most && words <= 2 * claims,
            "{words} words on {claims} claims, {most} are settled"
        );
        let outbox = &world.nodes[at].core.as_ref().unwrap().federation().mail().outbox;
        assert!(outbox.len() <= LIARS * MAX_WAITING_PER_COOP);
    }
    assert_eq!(disagreements(&world.nodes, &Default::default()), []);
    assert!(confirmed(&usual) >= 20, "{usual:?}");
    assert!(confirmed(&seen) * 4 >= confirmed(&usual) * 3, "{} of {}", confirmed(&seen), confirmed(&usual));
}
