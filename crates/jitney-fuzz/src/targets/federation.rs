//! The federation's machine under any sequence of deeds of the network, of honest and of lying coops.
//!
//! Ours is coop 1. Coops 2 and 3 are honest: they write one log each without contradicting themselves, though
//! anybody may deliver what they wrote in any order, or never. Coop 4 lies: it signs what it likes. Coop 9
//! stands on no roster.

mod deliveries;
mod site;

use jitney_domain::booking::TicketClosed;
use jitney_domain::{Minutes, TicketId};
use jitney_federation::{Change, CoopRecord, Input, InvitationLink, Newcomer};

use crate::bytes::Bytes;
use crate::fixed;
use site::Site;

/// The coop that lies.
pub(crate) const LIAR: u8 = 4;
/// Deeds in one run.
const DEEDS: usize = 48;
/// Steps of time, in milliseconds.
const STEPS_MS: [i64; 12] = [
    0,
    1_000,
    2_500,
    31_000,
    121_000,
    11 * 60_000,
    61 * 60_000,
    25 * 3_600_000,
    8 * 86_400_000,
    31 * 86_400_000,
    -30_000,
    -3 * 3_600_000,
];

/// Reads the bytes as deeds and does them.
pub fn run(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut site = Site::new();
    for _ in 0..DEEDS {
        if bytes.is_empty() {
            break;
        }
        deed(&mut site, &mut bytes);
    }
    site.restart();
}

fn deed(site: &mut Site, bytes: &mut Bytes<'_>) {
    match bytes.byte() % 16 {
        0 => {
            site.now.0 = site.now.0.saturating_add(*bytes.of(&STEPS_MS));
            site.handle(Input::Wake);
        }
        1 | 2 => {
            let peer = site.some_node(bytes);
            let input = match bytes.byte() % 4 {
                0 | 1 => Input::Connected { peer },
                2 => Input::Subscribed { peer },
                _ => Input::Disconnected { peer },
            };
            site.handle(input);
        }
        3 | 4 => deliveries::gossip(site, bytes),
        5 => deliveries::sync_request(site, bytes),
        6 => deliveries::letter(site, bytes),
        7 => deliveries::join(site, bytes),
        8..=11 => deliveries::answer(site, bytes),
        12 => {
            let Some(id) = bytes.any(site.publishing.iter().copied()) else { return };
            site.publishing.retain(|other| *other != id);
            let taken = bytes.byte() & 1 == 0;
            site.handle(if taken { Input::Published { id } } else { Input::NotPublished { id } });
        }
        13 | 14 => command(site, bytes),
        _ => site.restart(),
    }
}

/// What our own people ask of the machine; refusals are as good as anything.
fn command(site: &mut Site, bytes: &mut Bytes<'_>) {
    let who = fixed::coop(1 + bytes.byte() % fixed::COOPS).public();
    match bytes.byte() % 10 {
        0 | 1 => {
            let expires = site.now.after(Minutes(u32::from(bytes.short())));
            let body = TicketClosed { ticket: TicketId::from_bytes([bytes.byte(); 16]) };
            site.command(|machine, cx| machine.append(&body, expires, cx).map(|(_, out)| out));
        }
        2 => {
            let expires = site.now.after(Minutes(u32::from(bytes.short())));
            let body = bytes.slice(200).to_vec();
            site.command(|machine, cx| machine.send(who, &body, expires, cx).map(|(_, out)| out));
        }
        3 => {
            let mut link: Option<InvitationLink> = None;
            let ttl = Minutes(u32::from(bytes.short()));
            site.command(|machine, cx| {
                let (made, out) = machine.invite(ttl, vec!["/dns4/a.example/tcp/1".into()], cx)?;
                link = Some(made);
                Ok(out)
            });
            site.links.extend(link);
        }
        4 => site
            .command(|machine, cx| machine.admit(Newcomer::Coop(fixed::coop(fixed::OUTSIDER).public()), cx)),
        5 => site.command(|machine, cx| machine.decline(Newcomer::Coop(who), cx)),
        6 => site.command(|machine, cx| machine.expel(who, cx)),
        7 => {
            let Some(act) = bytes.any(site.machine.membership().proposals.iter().map(|(act, _)| *act)) else {
                return;
            };
            site.command(|machine, cx| machine.endorse(act, cx));
        }
        8 => {
            let record = CoopRecord { revision: u64::from(bytes.byte()), ..fixed::record(1, 1) };
            site.command(|machine, cx| machine.renew(&record, cx));
        }
        _ => {
            site.machine.clear_equivocation(&who);
            let change = Change::Expel(who);
            site.endorsed_by_all(change, bytes);
        }
    }
}
