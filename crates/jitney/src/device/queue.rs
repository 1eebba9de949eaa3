//! Signed reports on their way to the node: kept until it has taken or refused them, in order.

use std::path::PathBuf;

use jitney_domain::ReportId;
use jitney_node::api::{Fault, Report, SignedReport};
use serde::{Deserialize, Serialize};

use super::{Trouble, files};
use crate::exit::Failure;

/// Digits of a report's place in the queue.
const PLACE_DIGITS: usize = 8;

/// A report that the node has refused, as it lies on the disk.
#[derive(Serialize, Deserialize)]
struct RefusedReport {
    /// Why.
    why: Fault,
    /// The report.
    signed: SignedReport,
}

/// What became of the reports that waited.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    /// The node has taken these.
    pub(crate) taken: Vec<Report>,
    /// It has refused these.
    pub(crate) refused: Vec<(Report, Fault)>,
    /// What kept the rest from being delivered.
    pub(crate) stopped: Option<Trouble>,
    /// How many still wait.
    pub(crate) waiting: usize,
}

/// The reports that wait on this device.
#[derive(Debug)]
pub(crate) struct Queue {
    dir: PathBuf,
    refused: PathBuf,
}

impl Queue {
    pub(super) fn at(dir: PathBuf, refused: PathBuf) -> Self {
        Queue { dir, refused }
    }

    /// Adds a report behind all others. When this returns it is safe on the disk.
    pub(crate) fn add(&self, report: &Report, signed: &SignedReport) -> Result<(), Failure> {
        let last = self.waiting()?.last().and_then(|name| place_of(name)).unwrap_or(0);
        let place = last.saturating_add(1);
        let name = format!("{place:0PLACE_DIGITS$}-{}.json", report.report);
        files::write_json(&self.dir.join(name), signed)
    }

    /// Takes back a report that waits: what cannot be shall not be sent.
    pub(crate) fn take_back(&self, report: ReportId) -> Result<(), Failure> {
        let end = format!("-{report}.json");
        let names = self.waiting()?;
        names
            .iter()
            .filter(|name| name.ends_with(&end))
            .try_for_each(|name| files::remove(&self.dir.join(name)))
    }

    /// Returns the reports that wait, in order. One that cannot be read is left out here, for it must not keep a
    /// driver from their day; delivering them says what is wrong with it.
    pub(crate) fn reports(&self) -> Result<Vec<Report>, Failure> {
        let read = |name: &String| {
            let signed: SignedReport = files::read_json(&self.dir.join(name)).ok()?;
            serde_json::from_str(&signed.report).ok()
        };
        Ok(self.waiting()?.iter().filter_map(read).collect())
    }

    /// Returns how many reports wait.
    pub(crate) fn len(&self) -> Result<usize, Failure> {
        Ok(self.waiting()?.len())
    }

    /// Delivers reports in order by `send`, until none is left or there is no line.
    ///
    /// A report that the node refuses is laid aside with the reason, so that it does not hold up the
    /// others; one that it could not look at, by its own fault or for too many at once, stays and is sent later.
    pub(crate) fn deliver(
        &self,
        mut send: impl FnMut(SignedReport) -> Result<(), Trouble>,
    ) -> Result<Delivery, Failure> {
        let mut delivery = Delivery::default();
        for name in self.waiting()? {
            let path = self.dir.join(&name);
            let signed: SignedReport = files::read_json(&path)?;
            let report: Report = serde_json::from_str(&signed.report)
                .map_err(|error| Failure::internal(format!("{} is damaged: {error}", path.display())))?;
            match send(signed.clone()) {
                Ok(()) => delivery.taken.push(report),
                Err(Trouble::Fault(why)) if !why.kind.is_passing() => {
                    files::write_json(
                        &self.refused.join(&name),
                        &RefusedReport { why: why.clone(), signed },
                    )?;
                    delivery.refused.push((report, why));
                }
                Err(trouble) => {
                    delivery.stopped = Some(trouble);
                    break;
                }
            }
            files::remove(&path)?;
        }
        delivery.waiting = self.len()?;
        Ok(delivery)
    }

    fn waiting(&self) -> Result<Vec<String>, Failure> {
        let mut names = files::names(&self.dir)?;
        names.retain(|name| place_of(name).is_some() && name.ends_with(".json"));
        Ok(names)
    }
}

/// Returns a report's place in the queue by the name of its file.
fn place_of(name: &str) -> Option<u32> {
    name.split_once('-').filter(|(place, _)| place.len() == PLACE_DIGITS)?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jitney_domain::{LiftNumber, Step, Timestamp};
    use jitney_identity::{Domain, SecretKey};
    use jitney_node::api::FaultKind;

    fn report(number: u8) -> (Report, SignedReport) {
        let report = Report {
            report: ReportId::from_bytes([255 - number; 16]),
            lift: LiftNumber(number.into()),
            step: Step::Arrived,
            at: Timestamp(0),
        };
        let text = serde_json::to_string(&report).unwrap();
        let signature = SecretKey::from_seed([1; 32]).sign(Domain::REPORT, text.as_bytes());
        (report, SignedReport { report: text, signature })
    }

    fn queue(home: &tempfile::TempDir, reports: u8) -> Queue {
        let queue = Queue::at(home.path().join("queue"), home.path().join("refused"));
        for number in 1..=reports {
            let (report, signed) = report(number);
            queue.add(&report, &signed).unwrap();
        }
        queue
    }

    fn no_line() -> Trouble {
        Trouble::NoLine {
            coop: "Willow Lifts".to_owned(),
            error: jitney_net::NetError::TooLarge { bytes: 1, limit: 0 },
        }
    }

    #[test]
    fn reports_are_delivered_in_the_order_in_which_they_were_made() {
        let home = tempfile::tempdir().unwrap();
        let queue = queue(&home, 12);
        let delivery = queue.deliver(|_| Ok(())).unwrap();
        let lifts: Vec<u32> = delivery.taken.iter().map(|report| report.lift.0).collect();
        assert_eq!(lifts, (1..=12).collect::<Vec<u32>>());
        assert_eq!((delivery.waiting, queue.len().unwrap()), (0, 0));
    }

    #[test]
    fn without_a_line_nothing_is_lost_and_the_order_stays() {
        let home = tempfile::tempdir().unwrap();
        let queue = queue(&home, 3);
        let mut sent = 0;
        let delivery = queue
            .deliver(|_| {
                sent += 1;
                if sent == 2 { Err(no_line()) } else { Ok(()) }
            })
            .unwrap();
        assert_eq!((sent, delivery.taken.len(), delivery.waiting), (2, 1, 2));
        assert!(matches!(delivery.stopped, Some(Trouble::NoLine { .. })));
        let (late, signed) = report(9);
        queue.add(&late, &signed).unwrap();
        let lifts: Vec<u32> = queue.deliver(|_| Ok(())).unwrap().taken.iter().map(|r| r.lift.0).collect();
        assert_eq!(lifts, [2, 3, 9]);
    }

    #[test]
    fn what_waits_can_be_read_and_taken_back_and_a_damaged_report_hides_no_other() {
        let home = tempfile::tempdir().unwrap();
        let queue = queue(&home, 3);
        let lifts = || queue.reports().unwrap().iter().map(|report| report.lift.0).collect::<Vec<u32>>();
        assert_eq!(lifts(), [1, 2, 3]);
        queue.take_back(report(2).0.report).unwrap();
        assert_eq!((lifts(), queue.len().unwrap()), (vec![1, 3], 2));
        let first = home.path().join("queue").join(&queue.waiting().unwrap()[0]);
        std::fs::write(first, "half").unwrap();
        assert_eq!(lifts(), [3]);
    }

    #[test]
    fn a_refused_report_is_laid_aside_with_its_reason_and_holds_up_nobody() {
        let home = tempfile::tempdir().unwrap();
        let queue = queue(&home, 2);
        let mut first = true;
        let delivery = queue
            .deliver(|_| match std::mem::take(&mut first) {
                true => Err(Trouble::Fault(Fault::not_found("there is no lift 1"))),
                false => Ok(()),
            })
            .unwrap();
        assert_eq!((delivery.taken.len(), delivery.refused.len(), delivery.waiting), (1, 1, 0));
        let names = files::names(&home.path().join("refused")).unwrap();
        let kept: RefusedReport = files::read_json(&home.path().join("refused").join(&names[0])).unwrap();
        assert_eq!(kept.why.message, "there is no lift 1");
    }

    #[test]
    fn what_the_node_could_not_take_by_its_own_fault_stays() {
        let home = tempfile::tempdir().unwrap();
        let queue = queue(&home, 1);
        let fault = || Trouble::Fault(Fault::new(FaultKind::Internal, "the disk is full"));
        let delivery = queue.deliver(|_| Err(fault())).unwrap();
        assert_eq!((delivery.refused.len(), delivery.waiting), (0, 1));
    }

    #[test]
    fn after_weeks_in_the_valley_more_reports_than_a_node_takes_at_once_are_all_delivered() {
        let home = tempfile::tempdir().unwrap();
        let queue = queue(&home, 200);
        let mut asked = 0;
        let mut paced = |_| {
            asked += 1;
            match asked {
                121 => Err(Trouble::Fault(Fault::new(FaultKind::Busy, "this device asks too often"))),
                _ => Ok(()),
            }
        };
        let first = queue.deliver(&mut paced).unwrap();
        assert_eq!((first.taken.len(), first.refused.len(), first.waiting), (120, 0, 80));
        let rest = queue.deliver(&mut paced).unwrap();
        assert_eq!((rest.taken.len(), rest.refused.len(), rest.waiting), (80, 0, 0));
    }
}
