//! Asks the seldom busy protocols of a connection only when one of them has something to do.
//!
//! libp2p polls every handler of a connection whenever anything happens on it, asks each anew which protocols it
//! listens for, and polls every behaviour whenever anything happens in the swarm. With a dozen protocols on a
//! connection that carries gossip, most of that is asking those that have nothing to say. [`WhenWoken`] gives what
//! it wraps a waker of its own and passes a poll on only if that waker was called, or if what it wraps was told
//! something, since it last had nothing to say. This needs nothing of it but what `Stream::poll` asks of everybody:
//! who is pending sees to being woken.

mod behaviour;
mod handler;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::task::AtomicWaker;

pub(crate) use behaviour::WhenWoken;

/// Stands between somebody and who polls: to be rung when there is reason to poll.
struct Bell {
    clapper: Arc<Clapper>,
    /// Rings the bell; for whoever is polled.
    waker: Waker,
}

/// Remembers that it was struck, and wakes whoever polls.
struct Clapper {
    struck: AtomicBool,
    poller: AtomicWaker,
}

impl Wake for Clapper {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.struck.store(true, Ordering::Release);
        self.poller.wake();
    }
}

impl Bell {
    /// Hangs a bell that was rung: everybody is polled once at first.
    fn new() -> Self {
        let clapper = Arc::new(Clapper { struck: AtomicBool::new(true), poller: AtomicWaker::new() });
        Self { waker: Waker::from(Arc::clone(&clapper)), clapper }
    }

    /// Says that the next poll is to be passed on; that one comes by itself.
    fn ring(&self) {
        self.clapper.struck.store(true, Ordering::Release);
    }

    /// Polls if the bell was rung.
    fn poll<T>(&self, cx: &mut Context<'_>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        // First: whoever rings after the look below must find whom to wake.
        self.clapper.poller.register(cx.waker());
        if !self.clapper.struck.swap(false, Ordering::AcqRel) {
            return Poll::Pending;
        }
        let polled = poll(&mut Context::from_waker(&self.waker));
        if polled.is_ready() {
            // There may be more to say, and only who is pending sees to being woken.
            self.ring();
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Somebody behind a bell: what there is to say, how often that was asked, and whom to wake.
    #[derive(Default)]
    struct Asked {
        bell: Bell,
        sayings: VecDeque<u8>,
        times: usize,
        waker: Option<Waker>,
    }

    impl Default for Bell {
        fn default() -> Self {
            Bell::new()
        }
    }

    impl Asked {
        fn poll(&mut self, waker: &Waker) -> Poll<u8> {
            self.bell.poll(&mut Context::from_waker(waker), |cx| {
                self.times += 1;
                self.waker = Some(cx.waker().clone());
                self.sayings.pop_front().map_or(Poll::Pending, Poll::Ready)
            })
        }
    }

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wakes {
        fn count(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns the waker of a task, and how often it was woken.
    fn task() -> (Waker, Arc<Wakes>) {
        let wakes = Arc::new(Wakes::default());
        (Waker::from(Arc::clone(&wakes)), wakes)
    }

    #[test]
    fn who_has_nothing_to_say_is_asked_once() {
        let (waker, _) = task();
        let mut part = Asked::default();
        for _ in 0..5 {
            assert!(part.poll(&waker).is_pending());
        }
        assert_eq!(part.times, 1);
    }

    #[test]
    fn who_said_something_is_asked_until_there_is_no_more() {
        let (waker, _) = task();
        let mut part = Asked { sayings: [1, 2].into(), ..Asked::default() };
        assert_eq!(
            [(); 4].map(|()| part.poll(&waker)),
            [Poll::Ready(1), Poll::Ready(2), Poll::Pending, Poll::Pending]
        );
        assert_eq!(part.times, 3);
    }

    #[test]
    fn a_call_of_its_waker_reaches_who_polled_last() {
        let ((first, first_wakes), (last, last_wakes)) = (task(), task());
        let mut part = Asked::default();
        for waker in [&first, &last] {
            assert!(part.poll(waker).is_pending());
        }
        part.waker.take().unwrap().wake();
        assert_eq!((first_wakes.count(), last_wakes.count()), (0, 1));
        assert!(part.poll(&last).is_pending());
        assert_eq!(part.times, 2);
    }

    #[test]
    fn a_call_while_it_is_being_asked_is_not_forgotten() {
        let (waker, wakes) = task();
        let mut part = Asked::default();
        let polled = part.bell.poll(&mut Context::from_waker(&waker), |cx| {
            cx.waker().wake_by_ref();
            Poll::<u8>::Pending
        });
        assert!(polled.is_pending());
        assert_eq!(wakes.count(), 1);
        assert!(part.poll(&waker).is_pending());
        assert_eq!(part.times, 1);
    }

    #[test]
    fn who_was_told_something_is_asked_again() {
        let (waker, _) = task();
        let mut part = Asked::default();
        assert!(part.poll(&waker).is_pending());
        part.sayings.push_back(7);
        part.bell.ring();
        assert_eq!(part.poll(&waker), Poll::Ready(7));
    }
}
