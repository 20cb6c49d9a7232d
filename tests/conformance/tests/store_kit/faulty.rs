//! A store of groups that breaks one promise.

use std::{
    collections::HashMap,
    future::poll_fn,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use scim_core::{
    Context, async_trait,
    collation::case_fold,
    filter::{Condition, Filter},
    json::Projection,
    model::Group,
    path,
    schema::Path,
    store::{
        Change, Creation, Delta, DeltaOutcome, MemoryStore, Page, Precondition, Query, Removal, Store, StoreError,
        Stored,
    },
};

pub(crate) const NAME: Path = path::<Group>("displayName");

/// The fault of a store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The unique index is missing.
    NotUnique,
    /// Looks the name up first, and then writes.
    CheckThenInsert,
    /// Names that differ only in case are distinct.
    CaseSensitive,
    /// Names that differ only in accents are equal, as in some collations.
    AccentsDropped,
    /// Reports a conflict of the id.
    OtherAttribute,
    /// Writes the other attributes before it sees that the name exists already.
    RestWritten,
    /// Keeps the names of deleted groups, like a soft delete.
    NameKept,
    /// The last write wins.
    NoVersion,
    /// Compares the version first, and then writes.
    CheckThenWrite,
    /// Computes the version from the content.
    VersionOfContent,
    /// Deletes regardless of the version.
    DeleteAnyVersion,
    /// Checks first whether the group exists, and then deletes.
    CheckThenDelete,
    /// Does not return what it deleted.
    DeleteForgetsOld,
    /// Reads the group first, and then deletes it.
    ReadThenDelete,
    /// Mistakes a different spelling of the group's own name for that of another group.
    OwnNameTaken,
    /// A change of a missing group creates it.
    Upsert,
    /// The first `get` after a change reads from a replica that lags behind.
    LaggingGet,
    /// The first `search` after a change reads from an index that lags behind.
    LaggingSearch,
    /// Trims blanks.
    Trimmed,
    /// The UPDATE omits a column.
    ForgottenColumn,
    /// Loads members only if everything is requested.
    MembersNotLoaded,
    /// Requires every id to be a UUID.
    IdMustBeUuid,
    GetOfAnyTenant,
    SearchOfAnyTenant,
    DeleteOfAnyTenant,
    UniqueInAllTenants,
    /// Writes the group first, and then its members.
    MembersLater,
    /// Ignores the requested order.
    NoOrder,
    /// Leaves ties in arbitrary order.
    LooseTies,
    /// `not` does not match resources without a value, as in SQL.
    ThreeValued,
    /// Sends only the first operand of an `or` to the database.
    TooFewCandidates,
    /// Returns the length of the page as the total.
    TotalOfPage,
    /// Adds offset and count, which overflows.
    Overflow,
    /// A delta always creates a new version.
    DeltaAlwaysWrites,
    /// A delta is applied to a copy that overwrites concurrent changes.
    DeltaOnCopy,
    /// A delta with a conflicting name changes the members before it is rejected.
    DeltaInParts,
    DeltaOfAnyTenant,
    /// A delta is applied regardless of the version.
    DeltaAnyVersion,
    /// A delta that removes several members leaves one of them.
    DeltaLeavesOne,
}

pub(crate) struct Faulty {
    fault: Fault,
    inner: MemoryStore<Group>,
    tenants: Mutex<Vec<Context>>,
    /// The state that a replica returns at its next read.
    lagging: Mutex<HashMap<String, Group>>,
    kept: Mutex<Vec<(String, String)>>,
    calls: AtomicUsize,
}

/// Yields to other calls.
async fn wait() {
    let mut waited = false;
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

fn without_accents(text: &str) -> String {
    case_fold(text).replace(['å', 'ä'], "a").replace('é', "e").replace('ß', "ss")
}

fn content(group: &Group) -> String {
    format!("{}{:?}{:?}", group.display_name, group.external_id, group.members).replace(['"', '\\'], "")
}

/// Returns all groups that a query finds. Ties (without an order: all groups) start elsewhere each time, as in a
/// database that continues a scan of another query.
fn loose(query: &Query<'_>, all: &[Group], calls: usize) -> Vec<Group> {
    let found: Vec<&Group> = all.iter().filter(|group| query.matches(*group)).collect();
    let place = |at: usize| format!("{:03}", (at + calls) % found.len());
    let relabeled = found.iter().enumerate().map(|(at, group)| Group { id: place(at), ..(*group).clone() });
    let mut unpaged = Query::all(query.resource_type);
    unpaged.sort = query.sort;
    let ordered = unpaged.select(&relabeled.collect::<Vec<_>>()).into_resources();
    let original = |group: &Stored<Group>| found.iter().enumerate().find(|(at, _)| place(*at) == group.id);
    ordered.iter().filter_map(original).map(|(_, group)| (*group).clone()).collect()
}

impl Faulty {
    pub(crate) fn new(fault: Fault) -> Self {
        // Stores with these faults check names themselves.
        let judges = matches!(fault, Fault::CheckThenInsert | Fault::CaseSensitive | Fault::NotUnique);
        let inner = MemoryStore::new();
        let inner = if judges { inner } else { inner.unique(NAME) };
        let (tenants, lagging, kept) = Default::default();
        Self { fault, inner, tenants, lagging, kept, calls: AtomicUsize::new(0) }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn tenants(&self) -> Vec<Context> {
        self.tenants.lock().unwrap().clone()
    }

    async fn all(&self, cx: &Context) -> Vec<Group> {
        let query = Query::all(<Group as scim_core::ScimResource>::TYPE);
        self.inner.search(cx, &query).await.unwrap().into_resources().into_iter().map(Stored::into_owned).collect()
    }

    async fn stored(&self, cx: &Context, id: &str) -> Result<Group, StoreError> {
        self.inner.get(cx, id, &Projection::DEFAULT).await?.map(Stored::into_owned).ok_or(StoreError::NotFound)
    }

    /// The checks of names that faulty stores do in addition to the index, or in place of it.
    async fn judge(&self, cx: &Context, new: &Group) -> Result<(), StoreError> {
        let is_same: fn(&str, &str) -> bool = match self.fault {
            Fault::CaseSensitive => |left, right| left == right,
            Fault::AccentsDropped => |left, right| without_accents(left) == without_accents(right),
            Fault::CheckThenInsert | Fault::UniqueInAllTenants => |left, right| case_fold(left) == case_fold(right),
            _ => return Ok(()),
        };
        let tenants = if self.is(Fault::UniqueInAllTenants) { self.tenants() } else { vec![cx.clone()] };
        for tenant in tenants {
            let others = self.all(&tenant).await;
            if others.iter().any(|other| other.id != new.id && is_same(&other.display_name, &new.display_name)) {
                return Err(StoreError::conflict(NAME));
            }
        }
        if self.is(Fault::CheckThenInsert) {
            wait().await;
        }
        Ok(())
    }

    fn reported<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        match answer {
            Err(StoreError::Conflict(NAME)) if self.is(Fault::OtherAttribute) => Err(StoreError::conflict(Path::ID)),
            answer => answer,
        }
    }

    /// Returns a group as it is read.
    fn shown(&self, mut group: Group) -> Group {
        if self.is(Fault::VersionOfContent) {
            group.meta.version = Some(content(&group));
        }
        group
    }

    /// Returns a group as it is written.
    fn written(&self, mut group: Group) -> Group {
        if self.is(Fault::Trimmed) {
            group.external_id = group.external_id.map(|text| text.trim().to_owned());
        }
        group
    }

    async fn write(&self, cx: &Context, change: Change<'_, Group>) -> Result<Stored<Group>, StoreError> {
        let (id, old) = (change.id(), change.old());
        let stored = self.stored(cx, id).await;
        let current = match (&stored, self.fault) {
            (Ok(stored), Fault::NoVersion) => stored.clone(),
            (Ok(stored), Fault::CheckThenWrite) if stored.meta.version == old.meta.version => {
                wait().await;
                self.stored(cx, id).await?
            }
            (Ok(stored), Fault::VersionOfContent) if Some(content(stored)) == old.meta.version => stored.clone(),
            (Err(StoreError::NotFound), Fault::Upsert) => {
                return self.inner.create(cx, Creation::new(change.into_state())).await;
            }
            _ => old.clone(),
        };
        let mut new = self.written(change.into_state());
        if self.is(Fault::ForgottenColumn) {
            new.members.clone_from(&current.members);
        }
        self.lagging.lock().unwrap().insert(id.to_owned(), current.clone());
        let answer = self.inner.replace(cx, Change::new(id, &current, new.clone())).await;
        if self.is(Fault::RestWritten) && matches!(answer, Err(StoreError::Conflict(_))) {
            new.display_name.clone_from(&current.display_name);
            self.inner.replace(cx, Change::new(id, &current, new)).await?;
        }
        answer
    }
}

#[async_trait]
impl Store<Group> for Faulty {
    async fn get(&self, cx: &Context, id: &str, wanted: &Projection) -> Result<Option<Stored<Group>>, StoreError> {
        if self.is(Fault::IdMustBeUuid) {
            uuid::Uuid::parse_str(id).map_err(StoreError::fatal)?;
        }
        let tenants = if self.is(Fault::GetOfAnyTenant) { self.tenants() } else { vec![cx.clone()] };
        let late = if self.is(Fault::LaggingGet) { self.lagging.lock().unwrap().remove(id) } else { None };
        for tenant in tenants {
            if let Ok(mut found) = self.stored(&tenant, id).await {
                if self.is(Fault::MembersNotLoaded) && !wanted.is_default() {
                    found.members.clear();
                }
                return Ok(Some(late.unwrap_or(self.shown(found)).into()));
            }
        }
        Ok(None)
    }

    async fn search(&self, cx: &Context, query: &Query<'_>) -> Result<Page<Group>, StoreError> {
        let tenants = if self.is(Fault::SearchOfAnyTenant) { self.tenants() } else { vec![cx.clone()] };
        let mut all = Vec::new();
        for tenant in tenants {
            all.extend(self.all(&tenant).await.into_iter().map(|group| self.shown(group)));
        }
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        if self.is(Fault::LaggingSearch) {
            let mut late = std::mem::take(&mut *self.lagging.lock().unwrap());
            for group in &mut all {
                *group = late.remove(&group.id).unwrap_or(group.clone());
            }
        }
        match self.fault {
            Fault::TooFewCandidates => {
                if let Some(Condition::Or(_)) = query.filter.map(Filter::condition) {
                    all.retain(|group| group.external_id.is_some());
                }
                return Ok(Page::candidates(all));
            }
            Fault::ThreeValued => {
                if let Some(Condition::Not(_)) = query.filter.map(Filter::condition) {
                    all.retain(|group| group.external_id.is_some());
                }
            }
            Fault::NoOrder | Fault::LooseTies if self.is(Fault::NoOrder) || query.sort.is_some() => {
                let found = loose(query, &all, calls);
                let total = found.len();
                return Ok(Page::exact(found.into_iter().skip(query.offset).take(query.count), total));
            }
            Fault::Overflow => {
                let end = query.offset.checked_add(query.count).unwrap();
                assert!(end >= query.offset);
            }
            _ => {}
        }
        let page = query.select(&all);
        let total = page.total().unwrap();
        let resources = page.into_resources();
        let total = if self.is(Fault::TotalOfPage) { resources.len() } else { total };
        Ok(Page::exact(resources, total))
    }

    async fn create(&self, cx: &Context, creation: Creation<'_, Group>) -> Result<Stored<Group>, StoreError> {
        let new = creation.into_state();
        if !self.tenants().iter().any(|tenant| tenant.tenant() == cx.tenant()) {
            self.tenants.lock().unwrap().push(cx.clone());
        }
        self.judge(cx, &new).await?;
        let key = (cx.tenant().to_owned(), case_fold(&new.display_name).into_owned());
        if self.is(Fault::NameKept) && self.kept.lock().unwrap().contains(&key) {
            return Err(StoreError::conflict(NAME));
        }
        let new = self.written(new);
        if self.is(Fault::MembersLater) {
            let first = Creation::new(Group { members: Vec::new(), ..new.clone() });
            let first = self.inner.create(cx, first).await?;
            wait().await;
            return self.inner.replace(cx, Change::new(&new.id.clone(), &first, new)).await;
        }
        let stored = self.reported(self.inner.create(cx, Creation::new(new)).await)?;
        Ok(self.shown(stored.into_owned()).into())
    }

    async fn replace(&self, cx: &Context, change: Change<'_, Group>) -> Result<Stored<Group>, StoreError> {
        self.judge(cx, change.state()).await?;
        let (old, new) = (&change.old().display_name, &change.state().display_name);
        if self.is(Fault::OwnNameTaken) && old != new && case_fold(old) == case_fold(new) {
            return Err(StoreError::conflict(NAME));
        }
        let stored = self.reported(self.write(cx, change).await)?;
        Ok(self.shown(stored.into_owned()).into())
    }

    async fn delete(&self, cx: &Context, removal: Removal<'_>) -> Result<Option<Stored<Group>>, StoreError> {
        let (id, expected) = (removal.id(), removal.expected());
        let any_tenant = self.tenants().into_iter().filter(|_| self.is(Fault::DeleteOfAnyTenant));
        for tenant in any_tenant {
            if self.stored(&tenant, id).await.is_ok() {
                return self.inner.delete(&tenant, removal).await;
            }
        }
        let stored = self.stored(cx, id).await?;
        if self.is(Fault::NameKept) {
            let key = (cx.tenant().to_owned(), case_fold(&stored.display_name).into_owned());
            self.kept.lock().unwrap().push(key);
        }
        if self.is(Fault::VersionOfContent) && !expected.admits(&content(&stored)) {
            return Err(StoreError::VersionMismatch);
        }
        let ignores = self.is(Fault::DeleteAnyVersion) || self.is(Fault::VersionOfContent);
        let removal = if ignores { removal.with_expected(Precondition::None) } else { removal };
        if self.is(Fault::CheckThenDelete) {
            wait().await;
            return match self.inner.delete(cx, removal).await {
                Err(StoreError::NotFound) => Ok(None),
                answer => answer,
            };
        }
        if self.is(Fault::ReadThenDelete) {
            wait().await;
            self.inner.delete(cx, removal).await?;
            return Ok(Some(stored.into()));
        }
        let old = self.inner.delete(cx, removal).await?;
        let old = old.filter(|_| !self.is(Fault::DeleteForgetsOld));
        Ok(old.map(|old| self.shown(old.into_owned()).into()))
    }

    fn supports_deltas(&self) -> bool {
        !self.is(Fault::VersionOfContent)
    }

    async fn apply_delta(&self, cx: &Context, mut delta: Delta<'_>) -> Result<DeltaOutcome, StoreError> {
        let id = delta.id();
        let before = self.stored(cx, id).await;
        match self.fault {
            Fault::DeltaAnyVersion => delta = delta.with_expected(Precondition::None),
            Fault::DeltaOfAnyTenant => {
                for tenant in self.tenants() {
                    if self.stored(&tenant, id).await.is_ok() {
                        return self.inner.apply_delta(&tenant, delta).await;
                    }
                }
            }
            Fault::DeltaInParts if delta.effects().iter().any(|effect| effect.path() == NAME) => {
                let before = before?;
                self.inner
                    .replace(cx, Change::new(id, &before, Group { members: Vec::new(), ..before.clone() }))
                    .await?;
                return Err(StoreError::conflict(NAME));
            }
            Fault::DeltaOnCopy => {
                wait().await;
                let (before, now) = (before?, self.stored(cx, id).await?);
                if before != now {
                    self.inner.replace(cx, Change::new(id, &now, before)).await?;
                }
                return self.inner.apply_delta(cx, delta).await;
            }
            _ => {}
        }
        let answer = self.inner.apply_delta(cx, delta).await?;
        if answer == DeltaOutcome::Unsupported {
            return Ok(answer);
        }
        let (before, now) = (before?, self.stored(cx, id).await?);
        let mut rewritten = now.clone();
        match self.fault {
            Fault::DeltaAlwaysWrites => {}
            Fault::DeltaLeavesOne if before.members.len() > now.members.len() + 1 => {
                rewritten.members.extend(before.members.into_iter().find(|member| !now.members.contains(member)));
            }
            _ => return Ok(answer),
        }
        let stored = self.inner.replace(cx, Change::new(id, &now, rewritten)).await?;
        Ok(DeltaOutcome::Applied { version: stored.meta.version.clone() })
    }
}
