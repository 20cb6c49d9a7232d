//! Compiles the programs of the repository's README and of the guides as a reader would copy them, and runs both kits on
//! each struct and store in them. `build.rs` extracts the programs.

#[cfg(test)]
mod programs;

#[cfg(test)]
mod tests {
    use scim_conformance::{
        Kit, ServiceClient,
        store::{TestKit, on_threads},
    };
    use scim_core::{
        Identity, Scim, ScimResource,
        model::Group,
        path,
        schema::Path,
        store::{MemoryStore, Store},
    };
    use scim_tower::{BearerAuth, ScimService, StaticTokens};

    const GROUP_NAME: Path = path::<Group>("displayName");

    /// Returns the kit for services, without the checks that require stores to know each other.
    pub(crate) fn service_kit() -> Kit {
        Kit::standard()
            .skip("deleting a user removes it from its groups", "the stores of users and groups do not know each other")
    }

    /// Runs the kit for stores and the kit for services.
    pub(crate) async fn kits<R: ScimResource, S: Store<R>>(store: impl Fn() -> S) {
        let report = TestKit::new(store()).spawn(on_threads).check().await;
        assert!(report.passed(), "{report}");
        let scim = Scim::builder()
            .resource(store())
            .resource(MemoryStore::<Group>::new().unique(GROUP_NAME))
            .base_url("http://localhost/scim/v2")
            .build()
            .unwrap();
        assert_eq!(scim.warnings(), []);
        let tokens = StaticTokens::new().with("secret", Identity::new("contoso", "entra"));
        let client = ServiceClient::new(ScimService::new(scim, BearerAuth::new(tokens)));
        service_kit().token("secret").run(&client).await.assert_passed();
    }
}
