//! Generates the code that reads and creates the values of fields, using `with` and `validate` if they are present.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, Type, spanned::Spanned as _};

use super::Library;
use crate::{attr::FieldAttrs, options::With, ty};

/// A field's type, and what converts and checks its values.
pub(super) struct Conversion<'f> {
    private: &'f Ident,
    ty: &'f Type,
    /// The type within an `Option`.
    option: Option<&'f Type>,
    with: Option<Functions<'f>>,
    validate: Option<&'f Path>,
    /// Whether this is `meta` as a whole, whose sub-attributes are known without the field's type.
    pub(super) is_meta: bool,
}

/// What converts a value.
enum Functions<'f> {
    /// The implementation of `Convert`.
    Type(TokenStream),
    /// To SCIM, and from it.
    Pair(&'f Path, &'f Path),
}

/// What holds the values of a field.
enum Container {
    None,
    Option,
    List,
}

impl<'f> Conversion<'f> {
    pub(super) fn new(library: &'f Library, ty: &'f Type, attrs: &'f FieldAttrs) -> Self {
        let private = &library.private;
        let option = ty::inner(ty, "Option");
        let held = option.unwrap_or(ty);
        let with = attrs.with.as_ref().map(|with| match with {
            With::Type(with) => {
                let here = Span::call_site().located_at(with.span());
                let Library { private } = Library::at(here);
                Functions::Type(quote_spanned!(here=> <#with as #private::Convert<#held>>))
            }
            With::Functions(to, from) => Functions::Pair(to, from),
        });
        Self { private, ty, option, with, validate: attrs.validate.as_ref(), is_meta: false }
    }

    /// Returns the expression that reads a place.
    pub(super) fn read(&self, place: &TokenStream) -> TokenStream {
        let Self { private, ty, .. } = self;
        let content = quote!(::core::option::Option::as_ref(&#place));
        match (&self.with, self.option) {
            (None, _) if self.is_meta => quote!(<#ty as #private::Reflect>::view(&#place)),
            (None, _) => quote!(<#ty as #private::AttributeType>::read(&#place)),
            (Some(Functions::Type(convert)), None) => quote!(#convert::read(&#place)),
            (Some(Functions::Type(convert)), Some(_)) => quote!(#convert::read_option(#content)),
            (Some(Functions::Pair(to, _)), None) => quote!(#private::converted(&#place, #to)),
            (Some(Functions::Pair(to, _)), Some(_)) => quote!(#private::converted_option(#content, #to)),
        }
    }

    /// Returns the expression that edits within a place; `__at` and `__edit` are in scope.
    pub(super) fn edit(&self, place: &TokenStream) -> TokenStream {
        let Self { private, ty, .. } = self;
        let unchecked = match &self.with {
            None if self.is_meta => quote!(<#ty as #private::Reflect>::edit(&mut #place, __at, __edit)),
            None => quote!(<#ty as #private::AttributeType>::change(&mut #place, __at, __edit)),
            Some(_) => {
                let create = self.create_unchecked();
                quote!({ #place = #create?; ::core::result::Result::Ok(0) })
            }
        };
        let Some(check) = self.validate else { return unchecked };
        if self.with.is_none() && !self.is_meta {
            return match self.container() {
                Container::None => {
                    quote!(<#ty as #private::AttributeType>::change_checked(&mut #place, __at, __edit, |__value: &#ty| #check(__value)))
                }
                Container::Option => quote! {
                    <#ty as #private::AttributeType>::change_checked(&mut #place, __at, __edit, |__value: &#ty| match __value {
                        ::core::option::Option::Some(__value) => #check(__value),
                        ::core::option::Option::None => ::core::result::Result::Ok(()),
                    })
                },
                Container::List => {
                    let held = self.held();
                    quote!(#private::edit_checked::<#held, _>(&mut #place, __at, __edit, |__value: &#held| #check(__value)))
                }
            };
        }
        let create = self.create();
        quote! {
            match __edit {
                // Without a value there is nothing to check.
                #private::Edit::Set(#private::Scalar::Absent) => #unchecked,
                __edit => {
                    #place = #create?;
                    ::core::result::Result::Ok(0)
                }
            }
        }
    }

    /// Returns what holds the values.
    fn container(&self) -> Container {
        match self.option {
            Some(_) => Container::Option,
            None if ty::is_vec(self.ty) => Container::List,
            None => Container::None,
        }
    }

    /// Returns the type within an `Option` or a list.
    fn held(&self) -> &'f Type {
        self.option.or_else(|| ty::inner(self.ty, "Vec")).unwrap_or(self.ty)
    }

    /// Returns how to check objects, if they may be checked here: whether to do so, and the statement that does it with
    /// `__report` in scope.
    pub(super) fn check_objects(&self, field: &TokenStream, place: &TokenStream) -> Option<(TokenStream, TokenStream)> {
        let check = self.validate.filter(|_| self.with.is_none() && !self.is_meta)?;
        let Self { private, ty, .. } = self;
        let held = self.held();
        let values = match self.container() {
            Container::List => quote!(::std::vec::Vec::as_slice(&#field)),
            Container::Option => quote!(::core::option::Option::as_slice(&#field)),
            Container::None => quote!(::core::slice::from_ref(&#field)),
        };
        let whole = quote!(<#ty as #private::AttributeType>::read(&#field));
        let statement =
            quote!(#private::check_objects(#values, &#whole, #place, __report, |__value: &#held| #check(__value)););
        Some((quote!(<#ty as #private::AttributeType>::IS_OBJECT), statement))
    }

    /// Returns the expression for the `Result` of a new value; `__at` and `__edit` are in scope.
    pub(super) fn create(&self) -> TokenStream {
        let Self { private, ty, option, .. } = self;
        let unchecked = self.create_unchecked();
        let Some(check) = self.validate else { return unchecked };
        let held = option.unwrap_or(ty);
        let checked = if option.is_some() { quote!(checked_option) } else { quote!(checked) };
        quote! {
            ::core::result::Result::and_then(#unchecked, |__value| {
                #private::#checked(__value, |__value: &#held| #check(__value))
            })
        }
    }

    fn create_unchecked(&self) -> TokenStream {
        let Self { private, ty, .. } = self;
        match (&self.with, self.option) {
            (None, _) => quote!(<#ty as #private::Reflect>::create(__at, __edit)),
            (Some(Functions::Type(convert)), None) => quote!(#convert::create(__at, __edit)),
            (Some(Functions::Type(convert)), Some(_)) => quote!(#convert::create_option(__at, __edit)),
            (Some(Functions::Pair(_, from)), None) => quote!(#private::convert(__at, __edit, #from)),
            (Some(Functions::Pair(_, from)), Some(_)) => quote!(#private::convert_option(__at, __edit, #from)),
        }
    }

    /// Returns the `AttributeSpec` of the type.
    pub(super) fn spec(&self, library: &Library, name: &str) -> TokenStream {
        let Library { private } = library;
        let ty = self.ty;
        let held = self.option.unwrap_or(ty);
        match &self.with {
            None => quote!(<#ty as #private::AttributeType>::SPEC.named(#name)),
            Some(Functions::Type(convert)) => quote!(#convert::SPEC.named(#name)),
            Some(Functions::Pair(to, _)) => quote!(#private::AttributeSpec::of_conversion::<#held, _>(#name, #to)),
        }
    }

    /// Returns constants that fail to compile if the type is unsuitable, each separately, so that every such type is
    /// reported; `objects` determines whether objects can be checked here.
    pub(super) fn checks(&self, library: &Library, objects: bool) -> TokenStream {
        let simple = |message: &str| self.check(library, "is_simple", &TokenStream::new(), message);
        let mut checks = TokenStream::new();
        if self.with.is_some() {
            checks.extend(simple("a conversion must produce one simple value, such as a `String`"));
        } else if self.validate.is_some() && !objects {
            checks.extend(simple("`validate` requires a simple type here; use it on the fields of the complex type"));
        }
        if self.with.is_none() && self.validate.is_some() && !matches!(self.container(), Container::List) {
            // The function would be called with the whole list if its type were spelled otherwise.
            let message = "`validate` requires a list to be written as `Vec<..>`, without an `Option`";
            checks.extend(self.check(library, "is_single", &TokenStream::new(), message));
        }
        checks
    }

    /// Returns an item that compiles only if a method of the `AttributeSpec` returns `true`. The message is reported at
    /// the type.
    pub(super) fn check(&self, library: &Library, method: &str, arguments: &TokenStream, message: &str) -> TokenStream {
        let here = Span::call_site().located_at(self.ty.span());
        let method = Ident::new(method, here);
        let spec = self.spec(library, "");
        let Library { private } = Library::at(here);
        // A trait, because a panic in a constant would add its own text before the message.
        quote_spanned! {here=>
            const _: () = {
                #[diagnostic::on_unimplemented(message = #message, label = "incompatible type")]
                trait __Fits {
                    const CHECKED: () = ();
                }
                #[diagnostic::do_not_recommend]
                impl __Fits for #private::Fit<true> {}
                const __FITS: ::core::primitive::bool = #private::AttributeSpec::#method(#spec, #arguments);
                <#private::Fit<__FITS> as __Fits>::CHECKED
            };
        }
    }
}
