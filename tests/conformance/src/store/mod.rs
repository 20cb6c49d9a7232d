#![doc = include_str!("../../STORE.md")]

mod bench;
mod checks;
mod compare;
mod generate;
mod random;
mod report;
mod setup;
mod tasks;

use std::sync::Arc;

use bench::{Bench, run_name};
pub use report::{Check, Outcome, Promise, Report};
use report::{Unmet, Verdict};
use setup::Setup;
use tasks::unwinding;
pub use tasks::{Task, on_threads};

use scim_core::{
    Context, ScimResource,
    reflect::Resource,
    schema::{Path, ResourceType},
    store::Store,
};

/// Checks whether a store keeps the [contract](scim_core::store#the-contract); see the [module](self).
///
/// ```
/// use scim_conformance::store::{TestKit, on_threads};
/// use scim_core::{model::User, store::MemoryStore};
///
/// # async fn example() {
/// let report = TestKit::new(MemoryStore::<User>::new()).spawn(on_threads).check().await;
/// assert!(report.passed(), "{report}");
/// # }
/// ```
#[must_use = "nothing is checked before `check`"]
pub struct TestKit<R> {
    setup: Setup<R>,
}

impl<R: ScimResource> TestKit<R> {
    /// Creates a kit that checks a store of a derived type.
    pub fn new(store: impl Store<R>) -> Self {
        Self::of(R::TYPE.clone(), store)
    }
}

impl<R: Resource> TestKit<R> {
    /// Creates a kit that checks a store of a type that is known only at run time.
    pub fn of(resource_type: ResourceType, store: impl Store<R>) -> Self {
        let setup = Setup {
            unique: resource_type.unique_attributes(),
            resource_type,
            stores: vec![Arc::new(store)],
            spawn: None,
            seed: 1,
            rounds: 8,
            ignored: Vec::new(),
            tenants: Vec::new(),
            prepare: None,
            references: Vec::new(),
            make: None,
            adjust: None,
            text: None,
            own_text: None,
        };
        Self { setup }
    }

    /// Adds another handle to the same database, with its own pool or cache, as another process has. The calls of each
    /// check go to the handles in turn.
    pub fn and(mut self, store: impl Store<R>) -> Self {
        self.setup.stores.push(Arc::new(store));
        self
    }

    /// Sets how concurrent calls run: `spawn(tokio::spawn)`, or [`on_threads`] for stores that need no runtime. Without
    /// it they take turns on one task, at their await points, so the calls of a store that never waits do not overlap.
    ///
    /// The function must run the task to its end; its result is dropped.
    pub fn spawn<H>(mut self, spawn: impl Fn(Task) -> H + Send + Sync + 'static) -> Self {
        self.setup.spawn = Some(Arc::new(move |task| drop(spawn(task))));
        self
    }

    /// Adds an attribute whose values the store keeps unique, beside those that the schema declares unique.
    pub fn unique(mut self, path: Path) -> Self {
        if !self.setup.is_unique(path) {
            self.setup.unique.push(path);
        }
        self
    }

    /// Excludes an attribute from comparisons: clients write it, but the store determines its value.
    pub fn ignore(mut self, path: Path) -> Self {
        self.setup.ignored.push(path);
        self
    }

    /// Changes each resource before the store gets it, to meet requirements of the application that the schema does not
    /// state. The function is called for new resources and for new states of stored ones.
    pub fn adjust(mut self, adjust: impl Fn(&mut R) + Send + Sync + 'static) -> Self {
        self.setup.adjust = Some(Arc::new(adjust));
        self
    }

    /// Uses resources of the application instead of generated ones. The function gets a number that differs each time,
    /// from which it can make unique values. The kit sets the id and the times.
    pub fn resources(mut self, make: impl Fn(u64) -> R + Send + Sync + 'static) -> Self {
        self.setup.make = Some(Arc::new(make));
        self
    }

    /// Prepares each tenant before a check uses it, for stores that know only certain tenants. The function is called
    /// once for each tenant of a check.
    ///
    /// # Examples
    ///
    /// ```
    /// # use scim_conformance::store::TestKit;
    /// # use scim_core::{Context, model::Group, path, store::MemoryStore};
    /// # #[derive(Clone)]
    /// # struct Pool;
    /// # async fn insert_tenant(_: Pool, _: Context) {}
    /// # async fn insert_person(_: Pool, _: Context) -> String { String::new() }
    /// # fn example(pool: Pool, store: MemoryStore<Group>) {
    /// let (tenants, people) = (pool.clone(), pool);
    /// let kit = TestKit::new(store)
    ///     .prepare(move |cx| insert_tenant(tenants.clone(), cx))
    ///     .references(path::<Group>("members.value"), move |cx, _| insert_person(people.clone(), cx));
    /// # }
    /// ```
    pub fn prepare<F>(mut self, prepare: impl Fn(Context) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.setup.prepare = Some(Arc::new(move |cx| Box::pin(prepare(cx))));
        self
    }

    /// Creates what an attribute refers to, for stores with foreign keys. The function creates a row in a tenant and
    /// returns its key. The number differs each time within one tenant. All values of the attribute come from this
    /// function, which is called 32 times for each tenant of a check.
    ///
    /// The path names a simple attribute, such as `members.value`.
    pub fn references<F>(mut self, path: Path, make: impl Fn(Context, u64) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = String> + Send + 'static,
    {
        self.setup.references.push((path, Arc::new(move |cx, number| Box::pin(make(cx, number)))));
        self
    }

    /// Uses existing tenants, for stores that know only certain tenants. They must be empty. With a single tenant, the
    /// checks that need several are not tried.
    pub fn tenants(mut self, tenants: impl IntoIterator<Item = Context>) -> Self {
        self.setup.tenants = tenants.into_iter().collect();
        self
    }

    /// Sets the seed of the generated values, 1 unless set. The report names it.
    pub fn seed(mut self, seed: u64) -> Self {
        self.setup.seed = seed;
        self
    }

    /// Sets how often each race is run; 8 times unless set. More rounds find rarer faults.
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.setup.rounds = rounds.max(1);
        self
    }

    /// Runs all checks, one after the other.
    ///
    /// A panic of the store fails the check. A call that never returns blocks the kit.
    pub async fn check(self) -> Report {
        self.check_only(|_| true).await
    }

    /// Runs the checks whose [id](Promise::id) is selected.
    pub async fn check_only(mut self, chosen: impl Fn(&str) -> bool) -> Report {
        let run = run_name();
        self.setup.find_texts();
        let setup = Arc::new(self.setup);
        let mut report = Report {
            checks: Vec::new(),
            resource: setup.resource_type.name.clone().into_owned(),
            seed: setup.seed,
            handles: setup.stores.len(),
            is_spawned: setup.spawn.is_some(),
        };
        for (promise, check) in checks::all::<R>() {
            if !chosen(promise.id) {
                continue;
            }
            let bench = Bench::new(&setup, &run, promise.id);
            let panicked = |text: String| -> Verdict { Err(Unmet::failed(format!("the store panicked: {text}"))) };
            let verdict = match unwinding(bench.prepare()).await {
                Ok(()) => unwinding(check(Arc::clone(&bench))).await.unwrap_or_else(panicked),
                Err(text) => Err(Unmet::failed(format!("the preparation panicked: {text}"))),
            };
            // The check has already seen what is wrong here.
            let _ = unwinding(bench.clear()).await;
            report.checks.push(Check { promise, outcome: verdict.into(), not_tried: bench.notes() });
        }
        report
    }
}
