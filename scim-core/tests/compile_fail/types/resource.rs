//! Types that are not resources.

use scim_core::{ScimResource, model::Name, path, schema::Path};

struct Plain;

const PLAIN: Path = path::<Plain>("name");

fn type_of<R: ScimResource>() {}

fn main() {
    type_of::<Name>();
}
