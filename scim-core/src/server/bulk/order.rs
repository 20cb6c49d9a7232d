//! In which order the operations of a bulk request are run, RFC 7644 §3.7.

/// Which operations are run when, of which each `needs` others, which must be creations.
///
/// It is the order of the request, but what an operation needs is run before it. Only creations come early, so no
/// change of an existing resource is moved. A creation that is refused before its own place is open: what is in its way
/// may be gone when the next operation needs it, or when its own place comes. As long as no operation has succeeded
/// since, nothing has changed and it is not tried again.
pub(super) struct Schedule<'n> {
    needs: &'n [Vec<usize>],
    slots: Vec<Slot>,
    /// How many operations have succeeded.
    successes: usize,
}

/// What is known of an operation.
#[derive(Clone, Default)]
struct Slot {
    /// What it needs has a lower rank, unless they need each other.
    rank: usize,
    /// The circle of references that it is part of, if it is part of one.
    circle: Option<usize>,
    state: State,
    /// The last operation for which this one was looked at.
    looked_at_for: Option<usize>,
}

#[derive(Clone, Copy, Default)]
enum State {
    #[default]
    New,
    /// It was refused before its place, when so many operations had succeeded.
    Refused(usize),
    Done,
}

/// What is to be run for an operation.
pub(super) struct Due {
    /// The creations that it needs, directly or indirectly, in their order; then the operation itself.
    pub(super) operations: Vec<usize>,
    /// How much work it was to find out.
    pub(super) work: u64,
}

impl<'n> Schedule<'n> {
    pub(super) fn new(needs: &'n [Vec<usize>]) -> Self {
        let mut slots = vec![Slot::default(); needs.len()];
        for (rank, Ranked { operation, circle }) in ranked(needs).into_iter().enumerate() {
            if let Some(slot) = slots.get_mut(operation) {
                (slot.rank, slot.circle) = (rank, circle);
            }
        }
        Self { needs, slots, successes: 0 }
    }

    /// The circle of references that an operation is part of.
    pub(super) fn circle(&self, operation: usize) -> Option<usize> {
        self.slots.get(operation)?.circle
    }

    /// Whether an operation was run before.
    pub(super) fn is_again(&self, operation: usize) -> bool {
        self.slots.get(operation).is_some_and(|slot| matches!(slot.state, State::Refused(_)))
    }

    /// Notes the outcome of an operation that is not run again.
    pub(super) fn done(&mut self, operation: usize, is_success: bool) {
        self.successes += usize::from(is_success);
        self.set(operation, State::Done);
    }

    /// Notes that an operation was refused before its place.
    pub(super) fn refused(&mut self, operation: usize) {
        self.set(operation, State::Refused(self.successes));
    }

    fn set(&mut self, operation: usize, state: State) {
        if let Some(slot) = self.slots.get_mut(operation) {
            slot.state = state;
        }
    }

    /// What is to be run when the place of an operation in the request comes; nothing if it is done.
    pub(super) fn due(&mut self, place: usize) -> Due {
        let mut due = Due { operations: Vec::new(), work: 0 };
        if self.slots.get(place).is_none_or(|slot| matches!(slot.state, State::Done)) {
            return due;
        }
        let mut open = vec![place];
        while let Some(operation) = open.pop() {
            due.work += 1;
            let Some(slot) = self.slots.get_mut(operation) else { continue };
            let is_open = match slot.state {
                State::New => true,
                State::Refused(successes) => operation == place || successes < self.successes,
                State::Done => false,
            };
            if is_open && slot.looked_at_for.replace(place) != Some(place) {
                due.operations.push(operation);
                open.extend(self.needs.get(operation).into_iter().flatten());
            }
        }
        // In a circle, an operation may come before another one that it needs.
        due.operations.sort_unstable_by_key(|it| (*it == place, self.slots.get(*it).map(|slot| slot.rank)));
        due
    }
}

/// An operation and the circle of references that it is part of, if it is part of one.
struct Ranked {
    operation: usize,
    circle: Option<usize>,
}

/// The operations so that what one needs comes before it. Operations that need each other come one after the other, as
/// one circle (found by Tarjan's algorithm, with stacks of its own in place of recursion).
fn ranked(needs: &[Vec<usize>]) -> Vec<Ranked> {
    let nodes =
        needs.iter().map(|needs| Node { needs: needs.iter(), number: 0, lowest: 0, is_open: false, own: false });
    let mut walk = Walk { nodes: nodes.collect(), path: Vec::new(), open: Vec::new(), met: 0, ranked: Vec::new() };
    for root in 0..needs.len() {
        walk.from(root);
    }
    walk.ranked
}

struct Node<'n> {
    /// What was not looked at yet.
    needs: std::slice::Iter<'n, usize>,
    /// When it was met; 0 if it was not.
    number: usize,
    /// The earliest open operation that it leads to.
    lowest: usize,
    /// Whether its circle may grow.
    is_open: bool,
    /// Whether it needs itself.
    own: bool,
}

struct Walk<'n> {
    nodes: Vec<Node<'n>>,
    /// From an operation to what it needs, and so on.
    path: Vec<usize>,
    /// What was met and is in no circle yet.
    open: Vec<usize>,
    met: usize,
    ranked: Vec<Ranked>,
}

impl Walk<'_> {
    fn from(&mut self, root: usize) {
        self.enter(root);
        while let Some(&at) = self.path.last() {
            let Some(node) = self.nodes.get_mut(at) else { return };
            let Some(&next) = node.needs.next() else {
                self.leave(at);
                continue;
            };
            node.own |= next == at;
            if !self.enter(next) {
                let number = self.nodes.get(next).filter(|next| next.is_open).map(|next| next.number);
                self.lower(at, number.unwrap_or(usize::MAX));
            }
        }
    }

    /// Starts with an operation; answers whether it was not met before.
    fn enter(&mut self, at: usize) -> bool {
        let Some(node) = self.nodes.get_mut(at).filter(|node| node.number == 0) else { return false };
        self.met += 1;
        (node.number, node.lowest, node.is_open) = (self.met, self.met, true);
        self.path.push(at);
        self.open.push(at);
        true
    }

    fn lower(&mut self, at: usize, number: usize) {
        if let Some(node) = self.nodes.get_mut(at) {
            node.lowest = node.lowest.min(number);
        }
    }

    /// Ends with an operation. If it leads to none that is still open, it and what was opened since are a circle, or it
    /// is alone.
    fn leave(&mut self, at: usize) {
        self.path.pop();
        let Some(&Node { number, lowest, own, .. }) = self.nodes.get(at) else { return };
        if let Some(&parent) = self.path.last() {
            self.lower(parent, lowest);
        }
        if lowest < number {
            return;
        }
        let first = self.open.iter().rposition(|open| *open == at).unwrap_or_default();
        let mut members = self.open.split_off(first);
        members.sort_unstable();
        let circle = (members.len() > 1 || own).then_some(number);
        for operation in members {
            if let Some(node) = self.nodes.get_mut(operation) {
                node.is_open = false;
            }
            self.ranked.push(Ranked { operation, circle });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(needs: &[&[usize]]) -> Vec<Vec<usize>> {
        needs.iter().map(|needs| needs.to_vec()).collect()
    }

    /// Runs all operations, of which `fails` says whether one fails now, and returns which were run.
    fn run(needs: &[Vec<usize>], fails: impl Fn(usize, &[usize]) -> bool) -> Vec<usize> {
        let mut schedule = Schedule::new(needs);
        let mut order = Vec::new();
        for place in 0..needs.len() {
            for operation in schedule.due(place).operations {
                let is_failure = fails(operation, &order);
                if is_failure && operation != place {
                    schedule.refused(operation);
                } else {
                    schedule.done(operation, !is_failure);
                }
                order.push(operation);
            }
        }
        order
    }

    fn order(given: &[&[usize]]) -> Vec<(usize, bool)> {
        let needs = needs(given);
        let schedule = Schedule::new(&needs);
        let order = run(&needs, |_, _| false);
        order.into_iter().map(|operation| (operation, schedule.circle(operation).is_some())).collect()
    }

    #[test]
    fn only_what_is_needed_comes_early() {
        assert_eq!(order(&[&[], &[], &[]]), [(0, false), (1, false), (2, false)]);
        assert_eq!(order(&[&[2], &[], &[3], &[]]), [(3, false), (2, false), (0, false), (1, false)]);
        assert_eq!(order(&[&[2, 1], &[2], &[]]), [(2, false), (1, false), (0, false)]);
    }

    #[test]
    fn what_was_refused_early_is_tried_again_with_what_it_needs() {
        // The first needs the third, which needs the fourth, which fails until the second was run.
        let needs = needs(&[&[2], &[], &[3], &[], &[3]]);
        let made = |operation: usize, order: &[usize]| order.contains(&operation);
        let order = run(&needs, |operation, order| match operation {
            0 | 2 | 3 => !made(1, order),
            _ => false,
        });
        assert_eq!(order, [3, 2, 0, 1, 3, 2, 4]);
    }

    #[test]
    fn what_was_refused_is_not_tried_again_before_something_has_changed() {
        // All need the last one, which fails; so do they.
        let needs = needs(&[&[4], &[4], &[], &[4], &[]]);
        let order = run(&needs, |operation, _| operation != 2);
        assert_eq!(order, [4, 0, 1, 2, 4, 3, 4]);
    }

    #[test]
    fn a_circle_is_what_needs_each_other_and_not_what_needs_the_circle() {
        assert_eq!(order(&[&[1], &[2], &[1]]), [(1, true), (2, true), (0, false)]);
        assert_eq!(order(&[&[0], &[]]), [(0, true), (1, false)]);
        assert_eq!(order(&[&[1, 2], &[0], &[1, 3], &[]]), [(3, false), (1, true), (2, true), (0, true)]);
        // Two circles are two.
        let needs = needs(&[&[1], &[0], &[3], &[2]]);
        let schedule = Schedule::new(&needs);
        assert_eq!(schedule.circle(0), schedule.circle(1));
        assert_ne!(schedule.circle(0), schedule.circle(2));
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> = (1..200_000).map(|next| vec![next]).chain([Vec::new()]).collect();
        let mut schedule = Schedule::new(&needs);
        assert_eq!(schedule.circle(0), None);
        let due = schedule.due(0);
        assert_eq!((due.operations.len(), due.operations[0], due.work), (200_000, 199_999, 200_000));
    }
}
