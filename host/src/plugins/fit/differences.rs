//! Two interfaces side by side: which functions and types of the second are not those of the first, and where within
//! them. `fit` walks in; it calls nobody.

use wit_parser::{Function, InterfaceId, Resolve, Type, TypeDefKind};

/// A deeper type than any of the API's is no type of it.
const DEPTH_MAX: usize = 20;

/// In which ways `found` is not `wanted`. More functions than wanted are no difference: nobody calls them.
pub(super) fn differences(wanted: (&Resolve, InterfaceId), found: (&Resolve, InterfaceId)) -> Vec<String> {
    let pair = Pair { wanted: wanted.0, found: found.0 };
    let (wanted, found) = (&wanted.0.interfaces[wanted.1], &found.0.interfaces[found.1]);
    let mut all = Vec::new();
    for (name, function) in &wanted.functions {
        match found.functions.get(name) {
            None => all.push(format!("the function `{name}` is missing")),
            Some(other) => all.extend(pair.function(function, other).map(|what| format!("`{name}`: {what}"))),
        }
    }
    all
}

struct Pair<'a> {
    wanted: &'a Resolve,
    found: &'a Resolve,
}

impl Pair<'_> {
    fn function(&self, wanted: &Function, found: &Function) -> Option<String> {
        if wanted.params.len() != found.params.len() {
            let names = |function: &Function| {
                let names: Vec<_> = function.params.iter().map(|param| param.name.as_str()).collect();
                format!("({})", names.join(", "))
            };
            return Some(format!("it takes {} instead of {}", names(found), names(wanted)));
        }
        for (one, other) in wanted.params.iter().zip(&found.params) {
            if let Some(what) = self.types(&one.ty, &other.ty, &one.name, 0) {
                return Some(what);
            }
        }
        match (&wanted.result, &found.result) {
            (Some(one), Some(other)) => self.types(one, other, "the result", 0),
            (None, None) => None,
            (Some(_), None) => Some("it returns nothing".to_owned()),
            (None, Some(_)) => Some("it returns something".to_owned()),
        }
    }

    /// The first place at which two types differ.
    fn types(&self, wanted: &Type, found: &Type, place: &str, depth: usize) -> Option<String> {
        let (wanted, found) = (plain(self.wanted, wanted), plain(self.found, found));
        let differ = || {
            let (wanted, found) = (name(self.wanted, &wanted), name(self.found, &found));
            Some(format!("{place} is {found} instead of {wanted}"))
        };
        let (Type::Id(one), Type::Id(other)) = (wanted, found) else {
            return if wanted == found { None } else { differ() };
        };
        if depth > DEPTH_MAX {
            return Some(format!("{place} is nested too deeply"));
        }
        let within = |one: &Type, other: &Type, place: String| self.types(one, other, &place, depth + 1);
        match (&self.wanted.types[one].kind, &self.found.types[other].kind) {
            (TypeDefKind::List(one), TypeDefKind::List(other)) => within(one, other, format!("{place}[]")),
            (TypeDefKind::Option(one), TypeDefKind::Option(other)) => within(one, other, format!("{place}?")),
            (TypeDefKind::Tuple(one), TypeDefKind::Tuple(other)) if one.types.len() == other.types.len() => {
                let mut pairs = one.types.iter().zip(&other.types).enumerate();
                pairs.find_map(|(i, (one, other))| within(one, other, format!("{place}.{i}")))
            }
            (TypeDefKind::Record(one), TypeDefKind::Record(other)) => {
                let names =
                    |it: &wit_parser::Record| it.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
                lists(place, "field", &names(one), &names(other)).or_else(|| {
                    let mut pairs = one.fields.iter().zip(&other.fields);
                    pairs.find_map(|(one, other)| within(&one.ty, &other.ty, format!("{place}.{}", one.name)))
                })
            }
            (TypeDefKind::Variant(one), TypeDefKind::Variant(other)) => {
                let names =
                    |it: &wit_parser::Variant| it.cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>();
                lists(place, "case", &names(one), &names(other)).or_else(|| {
                    let mut pairs = one.cases.iter().zip(&other.cases);
                    pairs.find_map(|(one, other)| match (&one.ty, &other.ty) {
                        (Some(ty), Some(other)) => within(ty, other, format!("{place}.{}", one.name)),
                        (None, None) => None,
                        _ => Some(format!("{place}.{} has a value on one side only", one.name)),
                    })
                })
            }
            (TypeDefKind::Enum(one), TypeDefKind::Enum(other)) => {
                let names = |it: &wit_parser::Enum| it.cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>();
                lists(place, "case", &names(one), &names(other))
            }
            _ => differ(),
        }
    }
}

/// Names and their order are part of a type.
fn lists(place: &str, what: &str, wanted: &[String], found: &[String]) -> Option<String> {
    let lacks = wanted.iter().find(|name| !found.contains(name));
    let more = found.iter().find(|name| !wanted.contains(name));
    match (lacks, more) {
        (Some(name), _) => Some(format!("{place} lacks the {what} `{name}`")),
        (_, Some(name)) => Some(format!("{place} has a {what} more, `{name}`: published types are frozen")),
        _ if wanted != found => Some(format!("{place} has its {what}s in another order")),
        _ => None,
    }
}

/// The type behind its aliases.
fn plain(resolve: &Resolve, ty: &Type) -> Type {
    let mut ty = *ty;
    while let Type::Id(id) = ty
        && let TypeDefKind::Type(behind) = resolve.types[id].kind
    {
        ty = behind;
    }
    ty
}

fn name(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Id(id) => {
            let found = &resolve.types[*id];
            let kind = found.kind.as_str();
            found.name.as_ref().map_or_else(|| format!("a {kind}"), |name| format!("the {kind} `{name}`"))
        }
        other => format!("{other:?}").to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "package a:b; interface i { record r { x: list<string>, y: option<u8> } variant v { one, two(r) } \
                       f: func(a: r) -> v; g: func(); }";

    fn read(text: &str) -> (Resolve, InterfaceId) {
        let mut resolve = Resolve::default();
        let package = resolve.push_source("x.wit", text).unwrap();
        let id = resolve.packages[package].interfaces["i"];
        (resolve, id)
    }

    #[test]
    fn the_first_difference_is_told_with_its_place() {
        let wanted = read(ONE);
        let told = |from: &str, to: &str| {
            assert!(ONE.contains(from), "{from}");
            let found = read(&ONE.replace(from, to));
            differences((&wanted.0, wanted.1), (&found.0, found.1))
        };
        assert!(told("func()", "func()").is_empty());
        assert_eq!(told("g: func();", ""), ["the function `g` is missing"]);
        assert_eq!(told("y: option<u8>", "y: option<u16>"), ["`f`: a.y? is u16 instead of u8"]);
        assert_eq!(
            told("one,", "one, three,"),
            ["`f`: the result has a case more, `three`: published types are frozen"]
        );
        assert_eq!(told("x: list<string>,", ""), ["`f`: a lacks the field `x`"]);
        assert_eq!(told("g: func()", "g: func(z: u8)"), ["`g`: it takes (z) instead of ()"]);
        assert_eq!(told("two(r)", "two"), ["`f`: the result.two has a value on one side only"]);
    }
}
