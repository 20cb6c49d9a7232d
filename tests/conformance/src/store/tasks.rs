//! Calls at once, calls that are given up, and calls that panic; without a runtime.

use std::{
    any::Any,
    future::poll_fn,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use futures_util::FutureExt as _;

/// What is given to the function of [`TestKit::spawn`](super::TestKit::spawn).
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(super) type Spawn = Arc<dyn Fn(Task) + Send + Sync>;
pub(super) type Call<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Runs a task on a thread of its own, for stores whose calls need no runtime:
/// `TestKit::new(store).spawn(on_threads)`.
pub fn on_threads(mut task: Task) {
    thread::spawn(move || {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        while task.as_mut().poll(&mut context).is_pending() {
            thread::park();
        }
    });
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs calls at once and answers what they answer: `None` for one that panicked or was never run.
///
/// They start together, so that they meet. Without a function that spawns they take turns at their await points.
pub(super) async fn at_once<T: Send + 'static>(spawn: Option<&Spawn>, calls: Vec<Call<T>>) -> Vec<Option<T>> {
    let race = Race {
        answers: calls.iter().map(|_| None).collect(),
        running: calls.len(),
        arrived: 0,
        at_start: Vec::new(),
        finish: None,
    };
    let race = Arc::new(Mutex::new(race));
    let run = |(number, call): (usize, Call<T>)| -> Task {
        let runner = Runner(Arc::clone(&race));
        Box::pin(async move {
            runner.start().await;
            let answer = call.await;
            if let Some(place) = runner.race().answers.get_mut(number) {
                *place = Some(answer);
            }
        })
    };
    let mut tasks: Vec<Task> = calls.into_iter().enumerate().map(run).collect();
    if let Some(spawn) = spawn {
        tasks.drain(..).for_each(|task| spawn(task));
    }
    poll_fn(|cx| {
        tasks.retain_mut(|task| task.as_mut().poll(cx).is_pending());
        let mut race = race.lock().unwrap_or_else(PoisonError::into_inner);
        if race.running == 0 {
            return Poll::Ready(std::mem::take(&mut race.answers));
        }
        race.finish = Some(cx.waker().clone());
        Poll::Pending
    })
    .await
}

/// What the calls of one race share.
struct Race<T> {
    answers: Vec<Option<T>>,
    running: usize,
    /// How many stand at the start or are past it.
    arrived: usize,
    at_start: Vec<Waker>,
    finish: Option<Waker>,
}

impl<T> Race<T> {
    fn may_start(&mut self) -> bool {
        let may_start = self.arrived >= self.running;
        if may_start {
            self.at_start.drain(..).for_each(Waker::wake);
        }
        may_start
    }
}

/// The part of a race that one call has. It counts as over also if its task panics, or is dropped unfinished.
struct Runner<T>(Arc<Mutex<Race<T>>>);

impl<T> Runner<T> {
    fn race(&self) -> MutexGuard<'_, Race<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn start(&self) {
        self.race().arrived += 1;
        poll_fn(|cx| {
            let mut race = self.race();
            if race.may_start() {
                return Poll::Ready(());
            }
            race.at_start.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl<T> Drop for Runner<T> {
    fn drop(&mut self) {
        let mut race = self.race();
        race.running = race.running.saturating_sub(1);
        race.may_start();
        if race.running == 0
            && let Some(waker) = race.finish.take()
        {
            waker.wake();
        }
    }
}

/// Polls a call so many times at most, and then drops it: a client that hangs up. `None` if it was not done by then.
pub(super) async fn polled<T>(call: impl Future<Output = T>, mut polls: usize) -> Option<T> {
    let mut call = pin!(call);
    poll_fn(|cx| match call.as_mut().poll(cx) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => {
            polls = polls.saturating_sub(1);
            if polls == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

/// The outcome of a future, or what it said when it panicked.
pub(super) async fn unwinding<T>(future: impl Future<Output = T>) -> Result<T, String> {
    AssertUnwindSafe(future).catch_unwind().await.map_err(|payload| message(&*payload))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::yield_now;

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    fn calls() -> Vec<Call<usize>> {
        (0..4).map(|number| -> Call<usize> { Box::pin(async move { number }) }).collect()
    }

    #[test]
    fn calls_at_once_answer_in_their_order() {
        // The first ones wait at the start for the last one, and are woken.
        assert_eq!(now(at_once(None, calls())), None);
        let (send, receive) = std::sync::mpsc::channel();
        for spawn in [None, Some(Arc::new(on_threads) as Spawn)] {
            let send = send.clone();
            on_threads(Box::pin(async move { send.send(at_once(spawn.as_ref(), calls()).await).unwrap() }));
            assert_eq!(receive.recv().unwrap(), [Some(0), Some(1), Some(2), Some(3)]);
        }
    }

    #[test]
    fn calls_that_panic_or_never_run_hold_nobody_up() {
        let (send, receive) = std::sync::mpsc::channel();
        let mut calls = calls();
        calls.push(Box::pin(async { panic!("on purpose") }));
        let count = Mutex::new(0);
        let forgets_the_first: Spawn = Arc::new(move |task| {
            let mut count = count.lock().unwrap();
            *count += 1;
            if *count > 1 {
                on_threads(task);
            }
        });
        on_threads(Box::pin(async move { send.send(at_once(Some(&forgets_the_first), calls).await).unwrap() }));
        assert_eq!(receive.recv().unwrap(), [None, Some(1), Some(2), Some(3), None]);
    }

    #[test]
    fn a_call_is_dropped_after_so_many_polls() {
        let call = || async {
            yield_now().await;
            yield_now().await;
            7
        };
        for (polls, answer) in [(1, None), (2, None), (3, Some(7))] {
            let (send, receive) = std::sync::mpsc::channel();
            on_threads(Box::pin(async move { send.send(polled(call(), polls).await).unwrap() }));
            assert_eq!(receive.recv().unwrap(), answer);
        }
    }
}
