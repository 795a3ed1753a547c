//! Every kind of mistake, under a code that never changes its meaning.

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $name:ident = $code:literal, )*) => {
        /// A kind of mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $( $(#[doc = $doc])+ $name, )*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as users see it, such as `SB020`.
            pub fn name(self) -> &'static str {
                match self { $( Self::$name => $code, )* }
            }

            /// What kind of mistake it is, in one line.
            pub fn title(self) -> &'static str {
                match self { $( Self::$name => concat!($($doc),+).trim_ascii(), )* }
            }

            /// What the mistake is about, with an example of wrong and right.
            pub fn explanation(self) -> &'static str {
                match self { $( Self::$name => include_str!(concat!("explain/", $code, ".md")), )* }
            }
        }
    };
}

codes! {
    /// A file cannot be read.
    Unreadable = "SB001",
    /// The file is too large.
    TooLarge = "SB002",
    /// The file is not UTF-8.
    Encoding = "SB003",
    /// The file holds a control character.
    ControlCharacter = "SB004",
    /// A line is indented with a tab.
    Tab = "SB005",
    /// The file is not YAML.
    Syntax = "SB006",
    /// A key stands twice.
    DuplicateKey = "SB007",
    /// Anchors and aliases are not part of the language.
    Anchor = "SB008",
    /// Tags are not part of the language.
    Tag = "SB009",
    /// The file holds several documents.
    SeveralDocuments = "SB010",
    /// The file is nested too deeply.
    TooDeep = "SB011",
    /// The file holds nothing.
    Empty = "SB012",
    /// There is more of something than a spec can have.
    TooMany = "SB013",

    /// A key is not known here.
    UnknownKey = "SB020",
    /// A key is missing.
    MissingKey = "SB021",
    /// A value is of the wrong kind.
    WrongKind = "SB022",
    /// A value is none of those that are known.
    WrongValue = "SB023",
    /// Part of the language that is not supported yet.
    NotYet = "SB024",
    /// YAML broke a value at a comma.
    BrokenFlow = "SB025",
    /// YAML takes a name for null.
    NullName = "SB026",
    /// A key belongs in the spec itself, not in a file that it includes.
    RootOnly = "SB027",
    /// A path leads out of the folder of the spec.
    OutsidePath = "SB028",

    /// A field line cannot be read.
    FieldLine = "SB030",
    /// A type is not known.
    UnknownType = "SB031",
    /// The parameters of a type are wrong.
    TypeParameters = "SB032",
    /// A flag is not known, or stands twice.
    UnknownFlag = "SB033",
    /// Nothing stands behind `=`.
    EmptyDefault = "SB034",
    /// A default does not fit the type.
    DefaultMismatch = "SB035",
    /// A flag does not fit the field.
    FlagMismatch = "SB036",
    /// A decimal has more digits than a database keeps exactly.
    DecimalTooWide = "SB037",
    /// An association line cannot be read.
    AssociationLine = "SB038",
    /// An option of an association is not known, or stands twice.
    UnknownOption = "SB039",

    /// A name cannot be used.
    BadName = "SB040",
    /// A name is taken by the generated code or by a database.
    ReservedName = "SB041",
    /// Two things have one name.
    DuplicateName = "SB042",
    /// Two models have one table, or two fields one column.
    Collision = "SB043",
    /// A name is longer than databases keep.
    NameTooLong = "SB044",
    /// The way back of an association has a name that is taken.
    InverseCollision = "SB045",
    /// Two constraints or indexes have one name.
    ConstraintCollision = "SB046",
    /// A former name is still in use.
    RenamedFrom = "SB047",

    /// An enum has no values.
    EmptyEnum = "SB050",
    /// An enum has a value twice.
    DuplicateValue = "SB051",
    /// An enum has no such value.
    UnknownValue = "SB052",
    /// A type of JSON is not one thing.
    JsonType = "SB053",
    /// A type of JSON holds itself without end.
    EndlessType = "SB054",

    /// A model has no primary key.
    NoPrimaryKey = "SB060",
    /// A model has two primary keys.
    TwoPrimaryKeys = "SB061",
    /// A primary key cannot be made of this.
    BadPrimaryKey = "SB062",
    /// `auto` stands where the database cannot count.
    Auto = "SB063",
    /// A primary or unique key has too many fields.
    LongKey = "SB064",

    /// A model is not known.
    UnknownModel = "SB070",
    /// The key of an association does not fit the model it leads to.
    KeyMismatch = "SB071",
    /// An action cannot be carried out.
    ActionMismatch = "SB072",
    /// No row can be the first, because the associations form a circle.
    RequiredCycle = "SB073",
    /// A mixin is not known.
    UnknownMixin = "SB074",

    /// A field is not known.
    UnknownField = "SB080",
    /// An index cannot be made of this.
    BadIndex = "SB081",
    /// An index repeats another.
    RepeatedIndex = "SB082",

    /// An expression cannot be read.
    ExpressionSyntax = "SB090",
    /// An expression is of the wrong type.
    ExpressionType = "SB091",
    /// A function is not known.
    UnknownFunction = "SB092",
    /// An SQL text is missing for a dialect.
    MissingDialect = "SB093",

    /// A seed file is missing.
    SeedFile = "SB100",
    /// A seed's key does not tell one row from another.
    SeedKey = "SB101",
    /// A seed's rows are wrong.
    SeedRows = "SB102",
    /// Seeds are not in dependency order.
    SeedOrder = "SB103",

    /// A model is owned by two services.
    OwnedTwice = "SB110",
    /// A service names a model twice.
    ListedTwice = "SB111",

    /// The settings of `connect` contradict each other or the dialects.
    Connect = "SB120",
}

impl Code {
    /// The code of that name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name().eq_ignore_ascii_case(name))
    }
}

/// What `explain CODE` prints, if there is such a code.
pub fn explain(code: &str) -> Option<&'static str> {
    Code::from_name(code).map(Code::explanation)
}
