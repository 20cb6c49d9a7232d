//! The order in which the operations of a bulk request run (RFC 7644 §3.7).

/// Decides when each operation runs. `needs` lists the creations that each operation depends on.
///
/// Operations run in the order of the request, except that the creations that an operation needs run before it. Only
/// creations run early, so no change of an existing resource is moved. A creation that is rejected ahead of its
/// position stays open: the cause may be gone when the next operation needs it, or at its own position. It is not
/// retried until another operation has succeeded, because nothing has changed before that.
pub(super) struct Schedule<'n> {
    needs: &'n [Vec<usize>],
    slots: Vec<Slot>,
    /// The number of operations that have succeeded.
    successes: usize,
}

/// The state of an operation.
#[derive(Clone, Default)]
struct Slot {
    /// The operations that it needs have a lower rank, except within a cycle.
    rank: usize,
    /// The reference cycle that it belongs to, if any.
    cycle: Option<usize>,
    state: State,
    /// The last operation for which this one was considered.
    looked_at_for: Option<usize>,
}

#[derive(Clone, Copy, Default)]
enum State {
    #[default]
    New,
    /// It was rejected ahead of its position, when this many operations had succeeded.
    Refused(usize),
    Done,
}

/// The operations to run for one position in the request.
pub(super) struct Due {
    /// The creations that the operation needs, directly or indirectly, in their order; then the operation itself.
    pub(super) operations: Vec<usize>,
    /// The amount of work that finding them took.
    pub(super) work: u64,
}

impl<'n> Schedule<'n> {
    pub(super) fn new(needs: &'n [Vec<usize>]) -> Self {
        let mut slots = vec![Slot::default(); needs.len()];
        for (rank, Ranked { operation, cycle }) in ranked(needs).into_iter().enumerate() {
            if let Some(slot) = slots.get_mut(operation) {
                (slot.rank, slot.cycle) = (rank, cycle);
            }
        }
        Self { needs, slots, successes: 0 }
    }

    /// Returns the reference cycle that an operation belongs to, if any.
    pub(super) fn cycle(&self, operation: usize) -> Option<usize> {
        self.slots.get(operation)?.cycle
    }

    /// Returns whether an operation has run before.
    pub(super) fn is_again(&self, operation: usize) -> bool {
        self.slots.get(operation).is_some_and(|slot| matches!(slot.state, State::Refused(_)))
    }

    /// Records the outcome of an operation that does not run again.
    pub(super) fn done(&mut self, operation: usize, is_success: bool) {
        self.successes += usize::from(is_success);
        self.set(operation, State::Done);
    }

    /// Records that an operation was rejected ahead of its position.
    pub(super) fn refused(&mut self, operation: usize) {
        self.set(operation, State::Refused(self.successes));
    }

    fn set(&mut self, operation: usize, state: State) {
        if let Some(slot) = self.slots.get_mut(operation) {
            slot.state = state;
        }
    }

    /// Returns the operations to run at this position in the request; none if its operation is done.
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
        // In a cycle, an operation may come before another one that it needs.
        due.operations.sort_unstable_by_key(|it| (*it == place, self.slots.get(*it).map(|slot| slot.rank)));
        due
    }
}

/// An operation, and the reference cycle that it belongs to, if any.
struct Ranked {
    operation: usize,
    cycle: Option<usize>,
}

/// Sorts the operations so that each comes after those that it needs. Operations that need each other are adjacent and
/// form one cycle. This is Tarjan's algorithm with explicit stacks instead of recursion.
fn ranked(needs: &[Vec<usize>]) -> Vec<Ranked> {
    let nodes =
        needs.iter().map(|needs| Node { needs: needs.iter(), number: 0, lowest: 0, is_open: false, own: false });
    let mut walk = Walk { nodes: nodes.collect(), path: Vec::new(), open: Vec::new(), visited: 0, ranked: Vec::new() };
    for root in 0..needs.len() {
        walk.from(root);
    }
    walk.ranked
}

struct Node<'n> {
    /// The needs that have not been visited yet.
    needs: std::slice::Iter<'n, usize>,
    /// The order of its visit; 0 if it has not been visited.
    number: usize,
    /// The lowest number of an open operation that it leads to.
    lowest: usize,
    /// Whether its cycle may still grow.
    is_open: bool,
    /// Whether it needs itself.
    own: bool,
}

struct Walk<'n> {
    nodes: Vec<Node<'n>>,
    /// The path from the root: each operation needs the next one.
    path: Vec<usize>,
    /// Visited operations that are not assigned to a cycle yet.
    open: Vec<usize>,
    visited: usize,
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

    /// Visits an operation and returns whether this is the first visit.
    fn enter(&mut self, at: usize) -> bool {
        let Some(node) = self.nodes.get_mut(at).filter(|node| node.number == 0) else { return false };
        self.visited += 1;
        (node.number, node.lowest, node.is_open) = (self.visited, self.visited, true);
        self.path.push(at);
        self.open.push(at);
        true
    }

    fn lower(&mut self, at: usize, number: usize) {
        if let Some(node) = self.nodes.get_mut(at) {
            node.lowest = node.lowest.min(number);
        }
    }

    /// Leaves an operation. If it leads to no earlier operation that is still open, it forms a cycle with the
    /// operations that were opened after it, or is on its own.
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
        let cycle = (members.len() > 1 || own).then_some(number);
        for operation in members {
            if let Some(node) = self.nodes.get_mut(operation) {
                node.is_open = false;
            }
            self.ranked.push(Ranked { operation, cycle });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(needs: &[&[usize]]) -> Vec<Vec<usize>> {
        needs.iter().map(|needs| needs.to_vec()).collect()
    }

    /// Runs all operations and returns them in the order of their runs. `fails` returns whether an operation fails now.
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
        order.into_iter().map(|operation| (operation, schedule.cycle(operation).is_some())).collect()
    }

    #[test]
    fn only_needed_creations_run_early() {
        assert_eq!(order(&[&[], &[], &[]]), [(0, false), (1, false), (2, false)]);
        assert_eq!(order(&[&[2], &[], &[3], &[]]), [(3, false), (2, false), (0, false), (1, false)]);
        assert_eq!(order(&[&[2, 1], &[2], &[]]), [(2, false), (1, false), (0, false)]);
    }

    #[test]
    fn an_early_rejection_is_retried_with_its_needs() {
        // The first needs the third, which needs the fourth, which fails until the second has run.
        let needs = needs(&[&[2], &[], &[3], &[], &[3]]);
        let has_run = |operation: usize, order: &[usize]| order.contains(&operation);
        let order = run(&needs, |operation, order| match operation {
            0 | 2 | 3 => !has_run(1, order),
            _ => false,
        });
        assert_eq!(order, [3, 2, 0, 1, 3, 2, 4]);
    }

    #[test]
    fn a_rejected_operation_is_not_retried_until_something_has_changed() {
        // All need the last one. It fails, and so do they.
        let needs = needs(&[&[4], &[4], &[], &[4], &[]]);
        let order = run(&needs, |operation, _| operation != 2);
        assert_eq!(order, [4, 0, 1, 2, 4, 3, 4]);
    }

    #[test]
    fn a_cycle_excludes_operations_that_only_need_it() {
        assert_eq!(order(&[&[1], &[2], &[1]]), [(1, true), (2, true), (0, false)]);
        assert_eq!(order(&[&[0], &[]]), [(0, true), (1, false)]);
        assert_eq!(order(&[&[1, 2], &[0], &[1, 3], &[]]), [(3, false), (1, true), (2, true), (0, true)]);
        // Two cycles are distinct.
        let needs = needs(&[&[1], &[0], &[3], &[2]]);
        let schedule = Schedule::new(&needs);
        assert_eq!(schedule.cycle(0), schedule.cycle(1));
        assert_ne!(schedule.cycle(0), schedule.cycle(2));
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let needs: Vec<Vec<usize>> = (1..200_000).map(|next| vec![next]).chain([Vec::new()]).collect();
        let mut schedule = Schedule::new(&needs);
        assert_eq!(schedule.cycle(0), None);
        let due = schedule.due(0);
        assert_eq!((due.operations.len(), due.operations[0], due.work), (200_000, 199_999, 200_000));
    }
}
