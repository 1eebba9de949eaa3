//! A coop joins the federation as all did and then does what it can to harm the others, from within a whole node and under
//! keys that the roster certifies. The others keep their promises to each other, and can show what it did.

use jitney_domain::Minutes;
use jitney_sim::hostile::Traitor;
use jitney_sim::scenario::{federation, live, new_world, settle};
use jitney_sim::{Chance, Chaos, Faults, Workload, World, people};

const HONEST: usize = 3;
const DAY: Minutes = Minutes(6 * 60);
/// Time between two moments at which the traitor does something.
const EVERY: Minutes = Minutes(3);

#[test]
fn three_coops_keep_their_promises_beside_one_that_betrays_them_and_hold_proof_against_it() {
    let mut chance = Chance::new(11);
    let mut world = new_world(11, &mut chance);
    federation(&mut world, HONEST, people::policy, &mut chance);
    for at in 0..HONEST {
        people::populate(&mut world, at, 5, 3, &mut chance);
    }
    let mut traitor = Traitor::join(&mut world, chance.fork()).expect("it is admitted");
    let mut chaos = Chaos::new(Faults::none(), chance.fork());
    let mut people = Workload::new(chance.fork()).among(HONEST);
    let end = world.now().after(DAY);
    while world.now() < end {
        live(&mut world, EVERY, &mut people, &mut chaos);
        traitor.act(&mut world);
    }
    settle(&mut world);
    assert!(world.watch.violations.is_empty(), "{:?}", world.watch.violations.first());
    let seen = world.watch.seen;
    assert!(seen.confirmed_at_home + seen.confirmed_by_partners >= 20, "{seen:?}");
    tried_everything(&traitor, &world);
    for node in &world.nodes[..HONEST] {
        let core = node.core.as_ref().expect("it is up");
        let proofs = &core.federation().log().proofs;
        let against = |coop| proofs.iter().any(|(log, _)| log.origin == coop);
        assert!(against(traitor.coop(&world)), "{} knows of no contradiction", node.name);
    }
}

/// Each attack was tried, or its failure would prove nothing.
fn tried_everything(traitor: &Traitor, world: &World) {
    let (deeds, lies) = traitor.told(world);
    let counts = [
        deeds.contradictions,
        deeds.floods,
        deeds.pages_withholding,
        deeds.false_manifests,
        deeds.letters,
        deeds.replays,
        deeds.malformed,
        deeds.out_of_time,
        deeds.request_floods,
        deeds.proofs,
        lies.claims,
        lies.confirmations,
        lies.awards,
        lies.about_others,
        lies.outcomes,
    ];
    assert!(counts.iter().all(|count| *count > 0), "{deeds:?} {lies:?}");
}
