//! Finding one of many while their name is being typed.

use std::time::Instant;

use jitney_domain::MemberId;
use jitney_node::person::Profile;

use crate::coop::Coop;
use crate::{Outcome, Size, figures};

/// Everybody is looked at for one of so many letters.
const LOOK_EVERY: usize = 16;

/// Types names, phone numbers and member numbers letter by letter and prints what each letter took; beside it,
/// what looking at everybody takes for the same letters.
pub(crate) fn measure(coop: &Coop, size: &Size) -> Outcome<()> {
    let (mut asked, mut looked, mut answers) = (Vec::new(), Vec::new(), 0);
    for round in 0..size.rounds {
        let whose = coop.profiles.get(round.wrapping_mul(104_729) % coop.profiles.len()).ok_or("nobody")?;
        let typed = match round % 4 {
            0 => whose.1.name.clone(),
            1 => whose.1.name.split_whitespace().rev().collect::<Vec<_>>().join(" "),
            2 => whose.1.phone.clone().unwrap_or_default(),
            _ => whose.0.to_string(),
        };
        for (end, letter) in typed.char_indices() {
            let typed = typed.get(..end + letter.len_utf8()).unwrap_or_default();
            let got = coop.get(&format!("/desk/find?find={}", escaped(typed)), "identity")?;
            asked.push(got.took);
            answers += usize::from(got.body.windows(5).any(|five| five == b"<a hr"));
            // A look at all is slow, and takes about as long for any letter.
            if asked.len() % LOOK_EVERY == 1 {
                let began = Instant::now();
                std::hint::black_box(everybody(&coop.profiles, typed));
                looked.push(began.elapsed());
            }
        }
    }
    let letters = asked.len();
    let ((p50, p99), (bare50, bare99)) = (figures(asked), figures(looked));
    println!(
        "\nfind-as-you-type over {} members, {letters} letters, {answers} of them found somebody:",
        size.members
    );
    println!("  a request     p50 {p50:.2} ms, p99 {p99:.2} ms (bar: 10 ms)");
    println!("  a look at all p50 {bare50:.2} ms, p99 {bare99:.2} ms");
    println!(
        "  a request takes {:.3} of a look at all at the median, {:.3} at p99",
        p50 / bare50,
        p99 / bare99
    );
    Ok(())
}

/// Looks at everybody, as a list without an index must.
fn everybody(profiles: &[(MemberId, Profile)], typed: &str) -> usize {
    let typed = typed.to_lowercase();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = digits(&typed);
    let fits = |(member, profile): &&(MemberId, Profile)| {
        profile.name.to_lowercase().contains(&typed)
            || (number.len() >= 4
                && profile.phone.as_deref().is_some_and(|phone| digits(phone).contains(&number)))
            || member.to_string() == typed
    };
    profiles.iter().filter(fits).count()
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
