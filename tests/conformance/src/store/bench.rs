//! Calls the stores under test as the framework does.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use http::Extensions;

use super::{
    compare::{id, shown, version},
    generate::Generator,
    random::Random,
    report::{Unmet, Verdict, ensure},
    setup::Setup,
    tasks::{Call, at_once},
};
use scim_core::{
    Context, Identity,
    compat::{Compat, Tolerance},
    filter::Filter,
    json::Projection,
    patch::Effects,
    reflect::{DateTime, Resource},
    schema::Path,
    store::{Change, Creation, Delta, DeltaOutcome, Page, Precondition, Query, Removal, Store, StoreError, Stored},
};
use tokio::task::yield_now;

/// The number of concurrent callers.
pub(super) const CALLERS: usize = 8;
/// The number of attempts to generate another state of a resource.
const REVISIONS: usize = 50;
/// The number of values that a reference attribute has: enough for every race.
pub(super) const REFERENCES: usize = 32;
/// How often a call that fails with `Transient` is repeated.
const PATIENCE: u32 = 20;

/// Everything that one check uses.
pub(super) struct Bench<R> {
    pub(super) setup: Arc<Setup<R>>,
    /// The name of the check in names of tenants. It differs from run to run.
    name: String,
    random: Mutex<(Random, u64)>,
    /// The number of the next call, which selects its handle.
    turn: AtomicUsize,
    /// The resources that were created, to be removed in the end.
    made: Mutex<Vec<(Context, String)>>,
    /// The values of reference attributes, in the first and in the second tenant.
    references: [OnceLock<References>; 2],
    /// The parts of the check that could not be tried.
    notes: Mutex<Vec<String>>,
}

type References = Vec<(Path, Vec<String>)>;

impl<R: Resource> Bench<R> {
    pub(super) fn new(setup: &Arc<Setup<R>>, run: &str, check: &str) -> Arc<Self> {
        Arc::new(Self {
            setup: Arc::clone(setup),
            name: format!("store-kit-{run}-{check}"),
            random: Mutex::new((Random::for_part(setup.seed, check), 0)),
            turn: AtomicUsize::new(0),
            made: Mutex::default(),
            references: Default::default(),
            notes: Mutex::default(),
        })
    }

    /// Returns a tenant that is new to the store, or the first given tenant.
    pub(super) fn tenant(self: &Arc<Self>) -> Tenant<R> {
        Tenant { bench: Arc::clone(self), cx: self.first(), number: 0 }
    }

    fn first(&self) -> Context {
        self.setup.tenants.first().cloned().unwrap_or_else(|| self.context("a"))
    }

    fn second(&self) -> Option<Context> {
        match (self.setup.tenants.first(), self.setup.tenants.get(1)) {
            (None, _) => Some(self.context("b")),
            (Some(_), other) => other.cloned(),
        }
    }

    /// Lets the application prepare the tenants, and what resources may refer to in each of them.
    pub(super) async fn prepare(&self) {
        for (number, cx) in std::iter::once(self.first()).chain(self.second()).enumerate() {
            if let Some(prepare) = &self.setup.prepare {
                prepare(cx.clone()).await;
            }
            let mut made = Vec::new();
            for (path, make) in &self.setup.references {
                let mut values = Vec::with_capacity(REFERENCES);
                for count in 0..REFERENCES {
                    let count = u64::try_from(count).unwrap_or_default();
                    values.push(make(cx.clone(), count).await);
                }
                made.push((*path, values));
            }
            if let Some(place) = self.references.get(number) {
                // It is set once.
                let _ = place.set(made);
            }
        }
    }

    /// Returns the values of reference attributes in a tenant.
    fn references(&self, tenant: usize) -> &[(Path, Vec<String>)] {
        self.references.get(tenant).and_then(OnceLock::get).map_or(&[], Vec::as_slice)
    }

    /// Records a part of the check that could not be tried.
    pub(super) fn note(&self, not_tried: impl Into<String>) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let note = not_tried.into();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns two tenants.
    pub(super) fn two_tenants(self: &Arc<Self>) -> Verdict<[Tenant<R>; 2]> {
        let other = self.second().ok_or_else(|| Unmet::not_applicable("the kit was given a single tenant"))?;
        Ok([self.tenant(), Tenant { bench: Arc::clone(self), cx: other, number: 1 }])
    }

    fn context(&self, suffix: &str) -> Context {
        let identity = Identity::new(format!("{}-{suffix}", self.name), "store kit");
        Context::new(identity, "https://scim.example.com", Compat::default(), Extensions::new())
    }

    fn random<T>(&self, draw: impl FnOnce(&mut Random, &mut u64) -> T) -> T {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let (random, number) = &mut *random;
        draw(random, number)
    }

    pub(super) fn draw<T>(&self, draw: impl FnOnce(&mut Random) -> T) -> T {
        self.random(|random, _| draw(random))
    }

    /// Generates a resource of the first tenant.
    pub(super) fn fresh(&self) -> Verdict<R> {
        self.fresh_in(0)
    }

    fn fresh_in(&self, tenant: usize) -> Verdict<R> {
        let references = self.references(tenant);
        self.random(|random, number| Generator::new(&self.setup, references, random, number).fresh())
    }

    fn generate<T>(&self, tenant: usize, make: impl FnOnce(&mut Generator<'_, R>) -> T) -> T {
        let references = self.references(tenant);
        self.random(|random, number| make(&mut Generator::new(&self.setup, references, random, number)))
    }

    /// Adjusts a resource to the application's requirements.
    pub(super) fn adjusted(&self, new: R) -> Verdict<R> {
        self.generate(0, |generator| generator.adjusted(new))
    }

    /// Generates another state of a stored resource.
    pub(super) fn revised(&self, old: &R) -> Verdict<R> {
        for _ in 0..REVISIONS {
            let new = self.generate(0, |generator| generator.revised(old))?;
            if !self.setup.differences(old, &new).is_empty() {
                return Ok(new);
            }
        }
        Err(Unmet::not_applicable("no other state of a resource could be made"))
    }

    /// Generates a resource with this text in an attribute, if the attribute accepts it.
    pub(super) fn with_text(&self, path: Path, text: &str) -> Verdict<Option<R>> {
        let mut new = self.fresh()?;
        Ok(self.setup.set_text(&mut new, path, text).then_some(new))
    }

    /// Makes concurrent calls, each over another handle.
    pub(super) async fn at_once<T: Send + 'static>(&self, calls: Vec<Call<T>>) -> Verdict<Vec<T>> {
        let answers = at_once(self.setup.spawn.as_ref(), calls).await;
        answers.into_iter().collect::<Option<_>>().ok_or_else(|| Unmet::failed("a call panicked or was never run"))
    }

    /// Returns the handle for the next call: all in turn.
    fn store(&self) -> Option<&Arc<dyn Store<R>>> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.setup.stores.get(turn.checked_rem(self.setup.stores.len())?)
    }

    /// Removes what the check left behind, as far as the store does it.
    pub(super) async fn clear(&self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        for (cx, id) in made {
            if let Some(store) = self.store() {
                // The check may have removed it.
                let _ = store.delete(&cx, Removal::new(&id, Precondition::None)).await;
            }
        }
    }
}

/// Returns the entity tag of a version, as the framework passes it to a store.
fn entity_tag(version: Option<&str>) -> Option<String> {
    Some(format!("W/\"{}\"", version?))
}

/// A tenant of the stores under test.
pub(super) struct Tenant<R> {
    pub(super) bench: Arc<Bench<R>>,
    pub(super) cx: Context,
    /// Whether it is the first or the second one of its check.
    number: usize,
}

impl<R> Clone for Tenant<R> {
    fn clone(&self) -> Self {
        Self { bench: Arc::clone(&self.bench), cx: self.cx.clone(), number: self.number }
    }
}

/// Makes a call, and repeats it while the store is busy, as clients do after a 503.
macro_rules! patiently {
    ($bench:expr, $store:ident => $call:expr) => {{
        let mut tried = 0;
        loop {
            let Some($store) = $bench.store() else { break Err(StoreError::fatal("the kit has no store")) };
            match $call.await {
                Err(StoreError::Transient { .. }) if tried < PATIENCE => {
                    tried += 1;
                    // There is no timer without a runtime; what the store waits for runs elsewhere.
                    thread::sleep(Duration::from_millis(u64::from(tried)));
                    yield_now().await;
                }
                answer => break answer,
            }
        }
    }};
}

impl<R: Resource> Tenant<R> {
    pub(super) async fn create(&self, new: R) -> Result<R, StoreError> {
        // A failed call may also leave something to remove.
        self.remember(id(&new));
        let answer = patiently!(self.bench, store => store.create(&self.cx, Creation::new(new.clone())));
        let answer = answer.map(Stored::into_owned);
        if let Ok(stored) = &answer {
            self.remember(id(stored));
        }
        answer
    }

    fn remember(&self, id: String) {
        self.bench.made.lock().unwrap_or_else(PoisonError::into_inner).push((self.cx.clone(), id));
    }

    pub(super) async fn get_for(&self, id: &str, wanted: &Projection) -> Result<Option<R>, StoreError> {
        let found = patiently!(self.bench, store => store.get(&self.cx, id, wanted));
        found.map(|found| found.map(Stored::into_owned))
    }

    pub(super) async fn replace(&self, id: &str, old: &R, new: R) -> Result<R, StoreError> {
        let answer = patiently!(self.bench, store => store.replace(&self.cx, Change::new(id, old, new.clone())));
        answer.map(Stored::into_owned)
    }

    /// Removes a resource, if it has the expected version.
    pub(super) async fn delete(&self, id: &str, expected: Option<&str>) -> Result<(), StoreError> {
        let tag = entity_tag(expected);
        let expected = tag.as_deref().map_or(Precondition::None, Precondition::Version);
        let answer = patiently!(self.bench, store => store.delete(&self.cx, Removal::new(id, expected)));
        answer.map(drop)
    }

    /// Removes a resource, if it has the expected version, and returns its last state.
    pub(super) async fn take(&self, id: &str, expected: Option<&str>) -> Result<Option<R>, StoreError> {
        let tag = entity_tag(expected);
        let expected = tag.as_deref().map_or(Precondition::None, Precondition::Version);
        let removal = Removal::new(id, expected).returning_old();
        let old: Option<Stored<R>> = patiently!(self.bench, store => store.delete(&self.cx, removal))?;
        Ok(old.map(Stored::into_owned))
    }

    pub(super) async fn search(&self, query: &Query<'_>) -> Result<Page<R>, StoreError> {
        patiently!(self.bench, store => store.search(&self.cx, query))
    }

    pub(super) fn supports_deltas(&self) -> bool {
        self.bench.store().is_some_and(Store::supports_deltas)
    }

    /// Lets the store apply the effects of a PATCH. Returns `None` if it does not support them, or if they depend on the
    /// stored state.
    pub(super) async fn apply_delta(
        &self,
        id: &str,
        body: &str,
        expected: Option<&str>,
    ) -> Result<Option<Option<String>>, StoreError> {
        let effects = {
            let tolerance = Tolerance::new(self.cx.compat());
            Effects::of(&self.bench.setup.resource_type, body.as_bytes(), &tolerance).ok().flatten()
        };
        let Some((effects, report)) = effects.filter(|(effects, _)| !effects.is_empty()) else { return Ok(None) };
        let tag = entity_tag(expected);
        let expected = tag.as_deref().map_or(Precondition::None, Precondition::Version);
        let delta = Delta::new(id, &effects, expected, DateTime::now().truncate_to_millis()).with_report(&report);
        let answer: Result<DeltaOutcome, StoreError> =
            patiently!(self.bench, store => store.apply_delta(&self.cx, delta));
        answer.map(|answer| match answer {
            DeltaOutcome::Applied { version } => Some(version),
            _ => None,
        })
    }

    /// Creates a resource in preparation of a check.
    pub(super) async fn add(&self, new: R) -> Verdict<R> {
        let stored = self.create(new).await.map_err(|error| self.unexpected("`create`", &error))?;
        ensure!(!id(&stored).is_empty(), "`create` returned a resource without an id");
        Ok(stored)
    }

    /// Creates some generated resource.
    pub(super) async fn any(&self) -> Verdict<R> {
        self.add(self.bench.fresh_in(self.number)?).await
    }

    /// Returns the values that an attribute may have in this tenant, if the application makes them.
    pub(super) fn values_of(&self, path: Path) -> Option<&[String]> {
        let mut references = self.bench.references(self.number).iter();
        references.find(|(of, _)| *of == path).map(|(_, values)| values.as_slice())
    }

    /// Returns the same resource with references to this tenant.
    pub(super) fn moved_here(&self, resource: &R) -> R {
        self.bench.generate(self.number, |generator| generator.moved(resource))
    }

    /// Reads everything of a resource.
    pub(super) async fn find(&self, id: &str) -> Verdict<Option<R>> {
        self.get_for(id, &Projection::DEFAULT).await.map_err(|error| self.unexpected("`get`", &error))
    }

    /// Reads a resource that must exist.
    pub(super) async fn read(&self, id: &str) -> Verdict<R> {
        self.find(id).await?.ok_or_else(|| Unmet::failed("`get` did not find a resource that is stored"))
    }

    /// Changes a resource in preparation of a check.
    pub(super) async fn change(&self, old: &R, new: R) -> Verdict<R> {
        self.replace(&id(old), old, new).await.map_err(|error| self.unexpected("`replace`", &error))
    }

    pub(super) async fn remove(&self, id: &str) -> Verdict {
        self.delete(id, None).await.map_err(|error| self.unexpected("`delete`", &error))
    }

    /// Returns the result of a query as clients get it: the framework completes candidates.
    pub(super) async fn answer(&self, query: &Query<'_>) -> Verdict<(Vec<R>, usize)> {
        let page = self.search(query).await.map_err(|error| self.unexpected("`search`", &error))?;
        let page =
            if page.total().is_some() { page } else { query.select(page.resources().iter().map(|stored| &**stored)) };
        let total = page.total().unwrap_or_default();
        Ok((page.into_resources().into_iter().map(Stored::into_owned).collect(), total))
    }

    /// Returns the resources that match a filter, or all.
    pub(super) async fn list(&self, filter: Option<&str>) -> Verdict<(Vec<R>, usize)> {
        let resource_type = &self.bench.setup.resource_type;
        let filter = filter.map(|text| Filter::parse(resource_type, text)).transpose();
        let filter = filter.map_err(|error| Unmet::not_applicable(format!("the filter is refused: {error}")))?;
        let mut query = Query::all(resource_type);
        query.filter = filter.as_ref();
        self.answer(&query).await
    }

    /// Fails the check because of an error where a call should have succeeded.
    pub(super) fn unexpected(&self, call: &str, error: &StoreError) -> Unmet {
        let hint = match error {
            StoreError::Rejected(_) => {
                "; make what the application accepts with `TestKit::resources` or `TestKit::adjust`"
            }
            _ => "",
        };
        Unmet::failed(format!("{call} returned {}{hint}", self.named(error)))
    }

    /// Describes a result.
    pub(super) fn describe<T>(&self, answer: &Result<T, StoreError>) -> String {
        match answer {
            Ok(_) => "success".to_owned(),
            Err(error) => self.named(error),
        }
    }

    fn named(&self, error: &StoreError) -> String {
        match error {
            StoreError::NotFound => "`NotFound`".to_owned(),
            StoreError::VersionMismatch => "`VersionMismatch`".to_owned(),
            StoreError::Conflict(path) if *path == Path::ROOT => "`Conflict` without an attribute".to_owned(),
            StoreError::Conflict(path) => {
                format!("`Conflict` of `{}`", self.bench.setup.resource_type.name_of(*path))
            }
            StoreError::Rejected(error) => format!("`Rejected`: {error}"),
            StoreError::Transient { source, .. } => format!("`Transient`: {source}"),
            StoreError::Fatal(source) => format!("`Fatal`: {source}"),
            other => other.to_string(),
        }
    }

    /// Demands that a resource is as it was.
    pub(super) async fn unchanged(&self, before: &R, after_what: &str) -> Verdict {
        let after = self.read(&id(before)).await?;
        let differences = self.bench.setup.differences(before, &after);
        ensure!(differences.is_empty(), "after {after_what} {}", differences.join("; "));
        let (before, after) = (version(before), version(&after));
        ensure!(
            before == after,
            "after {after_what} the version is {}, not {}",
            shown(after.as_deref()),
            shown(before.as_deref())
        );
        Ok(())
    }
}

/// Returns a name that no other run has.
pub(super) fn run_name() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let time = DateTime::now().unix_millis();
    format!("{time:x}-{}", RUNS.fetch_add(1, Ordering::Relaxed))
}
