//! The programs, each in its own module. A program that continues another one is within its module.

#![allow(
    unused,
    clippy::pedantic,
    clippy::print_stderr,
    unreachable_pub,
    reason = "they are programs of pages, of which the tests call a part"
)]

macro_rules! include_program {
    ($name:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $name, ".rs"));
    };
}

mod employee {
    include_program!("employee");

    #[tokio::test]
    async fn in_memory() {
        crate::tests::kits(scim_core::store::MemoryStore::<Employee>::new).await;
    }

    mod store {
        use super::*;

        include_program!("store");

        #[tokio::test]
        async fn in_the_map() {
            crate::tests::kits(Employees::default).await;
        }

        mod kit {
            use super::*;

            include_program!("kit");
        }
    }
}

mod person {
    include_program!("person");

    #[tokio::test]
    async fn in_memory() {
        assert_eq!(Person::TYPE.extensions.len(), 2);
        crate::tests::kits(scim_core::store::MemoryStore::<Person>::new).await;
    }
}

mod mount {
    include_program!("mount");

    #[tokio::test]
    async fn the_app_serves_requests() {
        let client = scim_conformance::ServiceClient::new(app().unwrap());
        crate::tests::service_kit().token("a long random token").run(&client).await.assert_passed();
    }
}

mod front_page {
    include_program!("front_page");

    #[tokio::test]
    async fn in_memory() {
        crate::tests::kits(scim_core::store::MemoryStore::<Employee>::new).await;
    }
}

mod flat {
    include_program!("flat");

    #[tokio::test]
    async fn in_memory() {
        crate::tests::kits(scim_core::store::MemoryStore::<Staff>::new).await;
    }
}

mod nested {
    include_program!("nested");

    #[tokio::test]
    async fn in_memory() {
        crate::tests::kits(scim_core::store::MemoryStore::<Person>::new).await;
    }
}

mod dynamic {
    include_program!("dynamic");

    #[tokio::test]
    async fn in_memory() {
        crate::tests::kits(MemoryStore::<Staff>::new).await;
    }
}
