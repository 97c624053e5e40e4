package dev.kindling.rdd;

import dev.kindling.api.KindlingContext;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The properties that each thread gives to the jobs it starts.
 *
 * <p>A thread starts with what the thread that made it had at that moment; what either sets later the other does not
 * see. What was set inside a scope ends with the scope, for every thread that got it: so a thread of a pool that was
 * made inside a scope does not go on with a group that has ended.
 *
 * <p>Each thread holds the top of a chain of layers, one for each scope it is in; layers do not change, so handing them
 * to a new thread costs nothing. Setting a property copies the top layer, a look-up walks the chain.
 */
final class LocalProperties {
    private final InheritableThreadLocal<Layer> top = new InheritableThreadLocal<>();

    /**
     * What was set inside one scope.
     *
     * @param below null for what was set outside of all scopes
     * @param own a null value hides the property of layers below
     */
    private record Layer(Layer below, OpenScope scope, SortedMap<String, String> own) {
        static final Layer BOTTOM = new Layer(null, null, Collections.emptySortedMap());

        Layer with(Map<String, String> more) {
            SortedMap<String, String> all = new TreeMap<>(own);
            all.putAll(more);
            return new Layer(below, scope, all);
        }
    }

    /** Ends once; closed by another thread it ends for that one's jobs as well. */
    private final class OpenScope implements KindlingContext.Scope {
        private volatile boolean isClosed;

        @Override
        public void close() {
            isClosed = true;
            top.set(openTop());
        }
    }

    /** The calling thread's innermost layer that has not ended. */
    private Layer openTop() {
        return open(top.get());
    }

    private static Layer open(Layer layer) {
        Layer open = layer == null ? Layer.BOTTOM : layer;
        while (open.scope != null && open.scope.isClosed) {
            open = open.below;
        }
        return open;
    }

    /** Null when it is not set. */
    String get(String key) {
        Layer layer = openTop();
        while (!layer.own.containsKey(key) && layer.below != null) {
            layer = open(layer.below);
        }
        return layer.own.get(key);
    }

    /** Until the innermost scope ends; a null value removes the property. */
    void set(Map<String, String> properties) {
        top.set(openTop().with(properties));
    }

    KindlingContext.Scope open(Map<String, String> properties) {
        OpenScope scope = new OpenScope();
        top.set(new Layer(openTop(), scope, Collections.emptySortedMap()).with(properties));
        return scope;
    }

    /** All that are set. */
    SortedMap<String, String> all() {
        Layer open = openTop();
        if (open == Layer.BOTTOM) {
            return Collections.emptySortedMap();
        }
        SortedMap<String, String> all = new TreeMap<>();
        collect(open, all);
        all.values().removeIf(value -> value == null);
        return Collections.unmodifiableSortedMap(all);
    }

    private static void collect(Layer layer, SortedMap<String, String> into) {
        if (layer.below != null) {
            collect(open(layer.below), into);
        }
        into.putAll(layer.own);
    }
}
