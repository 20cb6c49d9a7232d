//! The stores over a real database.

use axum_example::{
    employee::{Employee, Phone},
    employees::Employees,
    team::{Member, Team},
    teams::Teams,
};
use http::Extensions;
use scim_core::{
    Context, Identity,
    compat::Compat,
    json::Projection,
    model::{Email, Role},
    path,
    reflect::DateTime,
    schema::Path,
    store::{Change, Creation, Precondition, Removal, Store, StoreError},
};
use uuid::Uuid;

use crate::database::{Database, Engine};

const LOGIN: Path = path::<Employee>("userName");
const NAME: Path = path::<Team>("displayName");
pub(crate) const ALL: &Projection = &Projection::DEFAULT;

pub(crate) fn tenant(name: &str) -> Context {
    Context::new(Identity::new(name, "test"), "http://localhost/scim/v2", Compat::entra(), Extensions::new())
}

pub(crate) fn employee(login: &str) -> Employee {
    let now = Some(DateTime::now().truncate_to_millis());
    let id = Uuid::now_v7().to_string();
    Employee { id, login: login.to_owned(), enabled: true, created_at: now, updated_at: now, ..Employee::default() }
}

pub(crate) fn team(name: &str, members: &[&str]) -> Team {
    let members = members.iter().map(|id| member(id)).collect();
    let now = Some(DateTime::now().truncate_to_millis());
    let id = Uuid::now_v7().to_string();
    Team { id, name: name.to_owned(), created_at: now, updated_at: now, members, ..Team::default() }
}

fn member(id: &str) -> Member {
    Member { member_id: id.to_owned(), ..Member::default() }
}

pub(crate) fn ids(team: &Team) -> Vec<&str> {
    team.members.iter().map(|member| member.member_id.as_str()).collect()
}

#[tokio::test]
async fn what_is_stored_is_read_again() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (employees, cx) = (Employees::new(database.open.clone()), tenant("contoso"));
        let new = Employee {
            title: Some("Weaver".to_owned()),
            work_email: Some("ada@contoso.com".to_owned()),
            work_email_first: true,
            other_emails: vec![Email { value: Some("Ada@else.where".to_owned()), ..Email::default() }],
            other_phones: vec![Phone { value: Some("555".to_owned()), kind: Some("pager".to_owned()), primary: None }],
            roles: ["b", "a"].map(|role| Role { value: Some(role.to_owned()), ..Role::default() }).to_vec(),
            ..employee("Ada")
        };
        let created = employees.create(&cx, Creation::new(new)).await.unwrap();
        let read = employees.get(&cx, &created.id, ALL).await.unwrap().unwrap();
        assert_eq!(format!("{:?}", *read), format!("{:?}", *created));
        assert_eq!((read.login.as_str(), read.version, read.roles.len()), ("Ada", 1, 2));
    }
}

#[tokio::test]
async fn a_login_is_taken_in_any_letter_case() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (employees, cx) = (Employees::new(database.open.clone()), tenant("contoso"));
        let asa = employees.create(&cx, Creation::new(employee("åsa@contoso.com"))).await.unwrap();
        let taken = employees.create(&cx, Creation::new(employee("ÅSA@Contoso.com"))).await;
        assert!(matches!(taken, Err(StoreError::Conflict(LOGIN))), "{taken:?}");

        let bo = employees.create(&cx, Creation::new(employee("bo@contoso.com"))).await.unwrap();
        let renamed = Employee { login: "Åsa@contoso.com".to_owned(), ..bo.clone() };
        let taken = employees.replace(&cx, Change::new(&bo.id, &*bo, renamed)).await;
        assert!(matches!(taken, Err(StoreError::Conflict(LOGIN))), "{taken:?}");

        // Another letter case of one's own name is free, and so is any name in another tenant.
        let renamed = Employee { login: "Åsa@contoso.com".to_owned(), ..asa.clone() };
        employees.replace(&cx, Change::new(&asa.id, &*asa, renamed)).await.unwrap();
        employees.create(&tenant("fabrikam"), Creation::new(employee("åsa@contoso.com"))).await.unwrap();

        let teams = Teams::new(database.open.clone());
        teams.create(&cx, Creation::new(team("Straße", &[]))).await.unwrap();
        let taken = teams.create(&cx, Creation::new(team("STRAße", &[]))).await;
        assert!(matches!(taken, Err(StoreError::Conflict(NAME))), "{taken:?}");
    }
}

#[tokio::test]
async fn a_change_of_an_old_version_is_refused() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (employees, cx) = (Employees::new(database.open.clone()), tenant("contoso"));
        let first = employees.create(&cx, Creation::new(employee("ada"))).await.unwrap();
        let id = first.id.as_str();
        let change = || Employee { title: Some("Weaver".to_owned()), ..first.clone() };
        let second = employees.replace(&cx, Change::new(id, &*first, change())).await.unwrap();
        assert_eq!(second.version, 2);

        let late = employees.replace(&cx, Change::new(id, &*first, change())).await;
        assert!(matches!(late, Err(StoreError::VersionMismatch)), "{late:?}");
        let late = employees.delete(&cx, Removal::new(id, Precondition::Version("W/\"1\""))).await;
        assert!(matches!(late, Err(StoreError::VersionMismatch)), "{late:?}");
        employees.delete(&cx, Removal::new(id, Precondition::Version("W/\"2\""))).await.unwrap();
        let gone = employees.delete(&cx, Removal::new(id, Precondition::None)).await;
        assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
        let gone = employees.replace(&cx, Change::new(id, &*second, change())).await;
        assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
    }
}

#[tokio::test]
async fn a_failed_write_leaves_nothing_behind() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (teams, cx) = (Teams::new(database.open.clone()), tenant("contoso"));
        let weavers = teams.create(&cx, Creation::new(team("Weavers", &["1"]))).await.unwrap();
        teams.create(&cx, Creation::new(team("Spinners", &[]))).await.unwrap();
        let renamed = Team { name: "spinners".to_owned(), members: vec![member("2")], ..weavers.clone() };
        assert!(teams.replace(&cx, Change::new(&weavers.id, &*weavers, renamed)).await.is_err());
        let read = teams.get(&cx, &weavers.id, ALL).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{weavers:?}"));
    }
}

#[tokio::test]
async fn a_tenant_sees_nothing_of_another() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (employees, other) = (Employees::new(database.open.clone()), tenant("fabrikam"));
        let ada = employees.create(&tenant("contoso"), Creation::new(employee("ada"))).await.unwrap();
        assert!(employees.get(&other, &ada.id, ALL).await.unwrap().is_none());
        let change = employees.replace(&other, Change::new(&ada.id, &*ada, ada.clone())).await;
        assert!(matches!(change, Err(StoreError::NotFound)));
        let delete = employees.delete(&other, Removal::new(&ada.id, Precondition::None)).await;
        assert!(matches!(delete, Err(StoreError::NotFound)));
    }
}

#[tokio::test]
async fn members_change_row_by_row() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (teams, cx) = (Teams::new(database.open.clone()), tenant("contoso"));
        let many: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let old = teams.create(&cx, Creation::new(team("Weavers", &many))).await.unwrap();

        let writes = database.watch("team_members").await;
        let mut new = old.clone();
        new.members.retain(|member| member.member_id != "42");
        new.members.push(member("100"));
        // Twice is once.
        new.members.push(member("100"));
        let changed = teams.replace(&cx, Change::new(&old.id, &*old, new)).await.unwrap();
        assert_eq!(writes.rows().await, 2);

        let read = teams.get(&cx, &old.id, ALL).await.unwrap().unwrap();
        assert_eq!((ids(&read).len(), ids(&read).last()), (100, Some(&"100")));
        assert_eq!(format!("{read:?}"), format!("{changed:?}"));
    }
}

#[tokio::test]
async fn child_rows_are_written_only_when_they_change() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (employees, cx) = (Employees::new(database.open.clone()), tenant("contoso"));
        let roles = ["a", "b"].map(|role| Role { value: Some(role.to_owned()), ..Role::default() }).to_vec();
        let old = employees.create(&cx, Creation::new(Employee { roles, ..employee("ada") })).await.unwrap();

        let writes = database.watch("employee_roles").await;
        let new = Employee { title: Some("Weaver".to_owned()), ..old.clone() };
        let old = employees.replace(&cx, Change::new(&old.id, &*old, new)).await.unwrap();
        assert_eq!(writes.rows().await, 0);
        let mut new = old.clone();
        new.roles.remove(0);
        let changed = employees.replace(&cx, Change::new(&old.id, &*old, new)).await.unwrap();
        assert_eq!(writes.rows().await, 3);
        let read = employees.get(&cx, &old.id, ALL).await.unwrap().unwrap();
        assert_eq!(read.roles, changed.roles);
    }
}

#[tokio::test]
async fn who_is_gone_leaves_the_teams() {
    for engine in Engine::all() {
        let database = Database::new(engine).await;
        let (employees, teams, cx) =
            (Employees::new(database.open.clone()), Teams::new(database.open.clone()), tenant("contoso"));
        let ada = employees.create(&cx, Creation::new(employee("ada"))).await.unwrap();
        let weavers = teams.create(&cx, Creation::new(team("Weavers", &[&ada.id, "somebody"]))).await.unwrap();
        let others = teams.create(&cx, Creation::new(team("Others", &["somebody"]))).await.unwrap();
        employees.delete(&cx, Removal::new(&ada.id, Precondition::None)).await.unwrap();

        let weavers = teams.get(&cx, &weavers.id, ALL).await.unwrap().unwrap();
        assert_eq!((ids(&weavers), weavers.version), (vec!["somebody"], 2));
        let others = teams.get(&cx, &others.id, ALL).await.unwrap().unwrap();
        assert_eq!(others.version, 1);
    }
}
