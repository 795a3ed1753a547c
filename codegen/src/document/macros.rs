//! The one macro by which a construct of the spec states its keys.

/// Declares a construct that is written as a map: its Rust type, how it is read, and its part of the JSON Schema.
///
/// Every key is optional in the type; `required` ones are reported when they are missing. Keys under `later` are known
/// to the language but not built yet: they are refused with their own message.
macro_rules! construct {
    (
        #[doc = $what:literal]
        pub(crate) struct $name:ident {
            $( #[doc = $doc:literal] $key:literal $(($required:ident))? => $field:ident: $ty:ty, )*
        }
        later [ $($later:literal),* ]
    ) => {
        #[doc = $what]
        #[derive(Debug, Clone)]
        pub(crate) struct $name {
            /// A piece of it that is fit to be underlined.
            #[allow(dead_code, reason = "every construct has a place, also where no rule points at it")]
            pub(crate) span: $crate::source::Span,
            $( #[doc = $doc] pub(crate) $field: Option<$ty>, )*
        }

        impl $crate::document::Decode for $name {
            fn decode(node: &$crate::yaml::Node, report: &mut $crate::diagnostics::Report) -> Option<Self> {
                let members = $crate::document::decode::Members::of(node, $what, report)?;
                let value = Self { span: node.head(), $( $field: members.read($key, report), )* };
                $( $( let _ = stringify!($required); members.require($key, report); )? )*
                members.refuse_others(&[$($key),*], &[$($later),*], report);
                Some(value)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).trim_end_matches("Spec").into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                #[allow(unused_mut, reason = "where no key is required, nothing is added")]
                let mut required: Vec<&str> = Vec::new();
                $( $( let _ = stringify!($required); required.push($key); )? )*
                let members = vec![ $( ($key, $doc, generator.subschema_for::<$ty>()) ),* ];
                $crate::document::json_schema::object($what, members, &required)
            }
        }
    };
}

pub(crate) use construct;
