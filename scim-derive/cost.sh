#!/usr/bin/env bash
# What `ScimComplex` costs beside serde's derives: 80 structs of 8 fields each, least CPU seconds of five runs,
# stripped bytes.
#
# The dependencies are built before the clock starts, so that the figures are of the structs alone. Not a part of CI.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR=$work/target CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0

package() { # name, dependencies
    mkdir -p "$work/$1/src"
    printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n[dependencies]\n%s\n' "$1" "$2" \
        >"$work/$1/Cargo.toml"
    cp "$here/Cargo.lock" "$work/$1/Cargo.lock"
}

fields() { # eight of them
    printf '    pub first_name: Option<String>,\n    pub last_name: Option<String>,\n'
    printf '    pub active: Option<bool>,\n    pub level: Option<i64>,\n    pub tags: Vec<String>,\n'
    printf '    pub display: Option<String>,\n    pub kind: Option<String>,\n    pub value: String,\n}\n'
}

# Every struct is used, as a server and a parser use theirs: through a table of trait objects, or by reading and writing.
package scim "scim-core = { path = \"$here/scim-core\" }"
package serde 'serde = { version = "1", features = ["derive"] }
serde_json = "1"'
package empty_scim "scim-core = { path = \"$here/scim-core\" }"
package empty_serde 'serde = { version = "1", features = ["derive"] }
serde_json = "1"'
scim=$work/scim/src/main.rs serde=$work/serde/src/main.rs
for n in $(seq 80); do
    printf '#[derive(Clone, Debug, Default, scim_core::ScimComplex)]\npub struct S%s {\n' "$n" >>"$scim"
    fields >>"$scim"
    printf '#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]\n#[serde(rename_all = "camelCase")]\n' >>"$serde"
    printf 'pub struct S%s {\n' "$n" >>"$serde"
    fields >>"$serde"
done
{
    printf 'fn main() {\n    use scim_core::access::{Access, AttributeType, Edit, Node, Scalar};\n    let mut all: Vec<Box<dyn Access>> = Vec::new();\n'
    for n in $(seq 80); do
        printf '    println!("{}", S%s::SUB_ATTRIBUTES.len());\n    all.push(Box::new(S%s::default()));\n' "$n" "$n"
        printf '    if let Ok(made) = S%s::create(&[], Edit::Insert(&mut Node::Complex(Vec::new()))) {\n        all.push(Box::new(made));\n    }\n' "$n"
    done
    printf '    for one in &mut all {\n        let answer = one.edit(&[0], Edit::Set(Scalar::Absent));\n'
    printf '        println!("{:?} {answer:?}", one.value());\n    }\n}\n'
} >>"$scim"
{
    printf 'fn main() {\n    let text = std::env::args().next().unwrap_or_default();\n'
    for n in $(seq 80); do
        printf '    if let Ok(made) = serde_json::from_str::<S%s>(&text) {\n        println!("{:?}", serde_json::to_string(&made));\n    }\n' "$n"
    done
    printf '}\n'
} >>"$serde"
printf 'fn main() {\n    println!("{:?}", scim_core::model::User::default());\n}\n' >"$work/empty_scim/src/main.rs"
printf 'fn main() {\n    println!("{:?}", serde_json::from_str::<Vec<String>>("[]"));\n}\n' >"$work/empty_serde/src/main.rs"

cpu() { # command: CPU seconds, with what it started
    local times
    times=$({ TIMEFORMAT='%U %S'; time "$@" >/dev/null 2>"$work/log"; } 2>&1) || { cat "$work/log" >&2; exit 1; }
    awk '{ printf "%.2f", $1 + $2 }' <<<"$times"
}

declare -A least
report() { # what, format of a figure: the structs alone, that is without the empty program
    awk -v what="$1" -v f="$2" -v s="${least[scim]}" -v es="${least[empty_scim]}" -v d="${least[serde]}" -v ed="${least[empty_serde]}" \
        'BEGIN { printf "%-16s scim " f "  serde " f "  %.0f %%\n", what, s - es, d - ed, 100 * (s - es) / (d - ed) }'
}

names='empty_scim scim empty_serde serde'
for mode in check build "build --release"; do
    for name in $names; do
        (cd "$work/$name" && cargo ${mode} --quiet)
        least[$name]=999
    done
    # In turn, so that other work on the machine burdens all alike; the least is of the run that it burdened least.
    for _ in 1 2 3 4 5; do
        for name in $names; do
            touch "$work/$name/src/main.rs"
            least[$name]=$(cd "$work/$name" && cpu cargo ${mode} --quiet | awk -v least="${least[$name]}" '{ print $1 < least ? $1 : least }')
        done
    done
    report "$mode" '%6.2f s'
done
for name in $names; do
    strip -o "$work/stripped" "$CARGO_TARGET_DIR/release/$name"
    least[$name]=$(stat -c %s "$work/stripped")
done
report stripped '%d bytes'
