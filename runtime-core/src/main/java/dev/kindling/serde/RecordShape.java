package dev.kindling.serde;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Optional;

/** How records of one class come apart and together again: method handles, found once a class. Any thread. */
final class RecordShape {
    private static final ClassValue<Optional<RecordShape>> SHAPES = new ClassValue<>() {
        @Override
        protected Optional<RecordShape> computeValue(Class<?> type) {
            try {
                return Optional.of(new RecordShape(type));
            } catch (ReflectiveOperationException | RuntimeException e) {
                // A module that does not open the record's package to us: Java serialization reads records without
                // that.
                return Optional.empty();
            }
        }
    };

    final Class<?> type;
    final String[] names;
    final Class<?>[] types;

    /** Of the record itself: its primitives counted, and its references without what they point to. */
    final int heapBytes;

    private final MethodHandle[] accessors;
    private final MethodHandle constructor;

    private RecordShape(Class<?> type) throws ReflectiveOperationException {
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        names = new String[components.length];
        types = new Class<?>[components.length];
        accessors = new MethodHandle[components.length];
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        for (int i = 0; i < components.length; i++) {
            names[i] = components[i].getName();
            types[i] = components[i].getType();
            Method accessor = components[i].getAccessor();
            accessor.setAccessible(true);
            accessors[i] = lookup.unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
        }
        heapBytes = HeapSize.ofRecord(types);
        Constructor<?> canonical = type.getDeclaredConstructor(types);
        canonical.setAccessible(true);
        constructor = lookup.unreflectConstructor(canonical)
                .asSpreader(Object[].class, types.length)
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    /** Empty when the class cannot be taken apart by us. */
    static Optional<RecordShape> of(Class<?> recordClass) {
        return SHAPES.get(recordClass);
    }

    int size() {
        return accessors.length;
    }

    Object component(Object row, int index) {
        try {
            return (Object) accessors[index].invokeExact(row);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("accessor " + names[index] + " of " + type.getName() + " threw", e);
        }
    }

    Object create(Object[] components) {
        try {
            return (Object) constructor.invokeExact(components);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the constructor of " + type.getName() + " threw", e);
        }
    }
}
