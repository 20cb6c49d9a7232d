//! In which order the operations of a bulk request are run, RFC 7644 §3.7.

use std::collections::BTreeSet;

/// An operation whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Its place in the request.
    pub(super) operation: usize,
    /// The place in the request at which it is run: its own, or that of an operation before it which needs it.
    pub(super) at: usize,
    /// The circle of references that it is part of, if it is part of one.
    pub(super) circle: Option<usize>,
}

/// The order of operations of which each `needs` others, which must be creations.
///
/// It is the order of the request, but what an operation needs is run before it. Only creations come early, which nobody
/// can notice, so the outcome is that of the order of the request. Operations that need each other come one after the
/// other, as one circle (found by Tarjan's algorithm, with stacks of its own in place of recursion).
pub(super) fn turns(needs: &[Vec<usize>]) -> Vec<Turn> {
    let nodes =
        needs.iter().map(|needs| Node { needs: needs.iter(), number: 0, lowest: 0, is_open: false, own: false });
    let mut walk =
        Walk { nodes: nodes.collect(), path: Vec::new(), open: Vec::new(), met: 0, root: 0, turns: Vec::new() };
    for root in 0..needs.len() {
        walk.from(root);
    }
    walk.turns
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
    /// The place in the request that the walk has come to.
    root: usize,
    turns: Vec<Turn>,
}

impl Turn {
    /// Whether it is run before its own place.
    pub(super) fn is_early(&self) -> bool {
        self.at < self.operation
    }
}

impl Walk<'_> {
    fn from(&mut self, root: usize) {
        self.root = root;
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

    /// Ends with an operation. If it leads to none that is still open, it and what was opened since have their turn.
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
            self.turns.push(Turn { operation, at: self.root, circle });
        }
    }
}

/// The turns that are left, in their order.
pub(super) struct Turns {
    left: std::iter::Peekable<std::vec::IntoIter<Turn>>,
    /// The operations that are tried again in their own places.
    again: BTreeSet<usize>,
}

impl Turns {
    pub(super) fn new(turns: Vec<Turn>) -> Self {
        Self { left: turns.into_iter().peekable(), again: BTreeSet::new() }
    }

    /// Gives an operation that was run early another turn in its own place.
    pub(super) fn again(&mut self, turn: Turn) {
        self.again.insert(turn.operation);
    }

    /// Returns the next turn.
    pub(super) fn next(&mut self) -> Option<Turn> {
        let next_at = self.left.peek().map(|turn| turn.at);
        match self.again.first().copied() {
            Some(operation) if next_at.is_none_or(|at| at > operation) => {
                self.again.remove(&operation);
                Some(Turn { operation, at: operation, circle: None })
            }
            _ => self.left.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(needs: &[&[usize]]) -> Vec<(usize, bool)> {
        let needs: Vec<Vec<usize>> = needs.iter().map(|needs| needs.to_vec()).collect();
        turns(&needs).into_iter().map(|turn| (turn.operation, turn.circle.is_some())).collect()
    }

    #[test]
    fn only_what_is_needed_comes_early() {
        assert_eq!(order(&[&[], &[], &[]]), [(0, false), (1, false), (2, false)]);
        assert_eq!(order(&[&[2], &[], &[3], &[]]), [(3, false), (2, false), (0, false), (1, false)]);
        assert_eq!(order(&[&[2, 1], &[2], &[]]), [(2, false), (1, false), (0, false)]);
    }

    #[test]
    fn what_was_early_may_have_another_turn_in_its_place() {
        // The first needs the third, and the fourth needs the sixth.
        let needs = [vec![2], vec![], vec![], vec![5], vec![], vec![]];
        let mut turns = Turns::new(turns(&needs));
        let mut order = Vec::new();
        while let Some(turn) = turns.next() {
            order.push(turn.operation);
            if turn.is_early() {
                turns.again(turn);
            }
        }
        assert_eq!(order, [2, 0, 1, 2, 5, 3, 4, 5]);
    }

    #[test]
    fn a_circle_is_what_needs_each_other_and_not_what_needs_the_circle() {
        assert_eq!(order(&[&[1], &[2], &[1]]), [(1, true), (2, true), (0, false)]);
        assert_eq!(order(&[&[0], &[]]), [(0, true), (1, false)]);
        assert_eq!(order(&[&[1, 2], &[0], &[1, 3], &[]]), [(3, false), (0, true), (1, true), (2, true)]);
        // Two circles are two.
        let turns = turns(&[vec![1], vec![0], vec![3], vec![2]]);
        assert_eq!(turns[0].circle, turns[1].circle);
        assert_ne!(turns[0].circle, turns[2].circle);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> = (1..200_000).map(|next| vec![next]).chain([Vec::new()]).collect();
        let turns = turns(&needs);
        assert_eq!((turns.len(), turns[0].operation, turns[0].circle), (200_000, 199_999, None));
    }
}
