/** Every member by name, those too that may be undefined: where a value is made member by member, the compiler misses none. */
export type Complete<T> = { readonly [Name in keyof Required<T>]: T[Name] }
