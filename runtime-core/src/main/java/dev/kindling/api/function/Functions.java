package dev.kindling.api.function;

/** Calls user functions where a checked exception cannot be declared; it leaves unchanged. */
final class Functions {
    private Functions() {}

    static <T, R> R call(Function<? super T, ? extends R> function, T value) {
        try {
            return function.call(value);
        } catch (Exception e) {
            throw Functions.<RuntimeException>unchecked(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> E unchecked(Exception e) throws E {
        throw (E) e;
    }
}
