//! Random ids, named by their beginning.

use crate::exit::Failure;
use crate::show;

/// Returns the one id that begins like this.
pub(crate) fn by_prefix<I: ToString + Copy>(
    kind: &str,
    prefix: &str,
    ids: impl Iterator<Item = I>,
    see: &str,
) -> Result<I, Failure> {
    let prefix = prefix.trim().to_ascii_lowercase();
    let found: Vec<I> = ids.filter(|id| id.to_string().starts_with(&prefix)).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] if prefix.is_empty() => Err(Failure::not_found(format!("there is no {kind} yet"))),
        [] => Err(Failure::not_found(format!("no {kind} begins with {prefix}; {see}"))),
        several => {
            let ids: Vec<String> =
                several.iter().map(|id| id.to_string().chars().take(12).collect()).collect();
            Err(Failure::conflict(format!(
                "several begin like this: {}; say more of it",
                show::listed(&ids, "and")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use jitney_domain::TicketId;

    #[test]
    fn an_id_is_known_by_its_beginning_if_no_other_begins_so() {
        let ids = [TicketId::from_bytes([0xab; 16]), TicketId::from_bytes([0xac; 16])];
        let find = |prefix: &str| by_prefix("ticket", prefix, ids.into_iter(), "look");
        assert_eq!(find("AB"), Ok(ids[0]));
        assert_eq!(find("a").unwrap_err().exit, Exit::Conflict);
        assert_eq!(find("b").unwrap_err().exit, Exit::NotFound);
        assert_eq!(by_prefix("claim", "", [ids[1]].into_iter(), "look"), Ok(ids[1]));
    }
}
