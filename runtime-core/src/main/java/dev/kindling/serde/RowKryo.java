package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.SerializerFactory;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.serializers.CollectionSerializer;
import com.esotericsoftware.kryo.kryo5.serializers.FieldSerializer;
import com.esotericsoftware.kryo.kryo5.serializers.MapSerializer;
import com.esotericsoftware.kryo.kryo5.util.DefaultInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.util.MapReferenceResolver;
import com.esotericsoftware.kryo.kryo5.util.Util;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import dev.kindling.api.spi.CountedGroup;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Kryo as rows need it: any class without registration, by the first rule that fits.
 *
 * <ol>
 *   <li>Tuples, groups and records: here.
 *   <li>What Kryo knows: arrays, enums, dates, the JDK's collections that can be made empty and filled.
 *   <li>Views and wrappers of collections ({@code subList}, {@code unmodifiableSet}, {@code keySet}), also a user's own
 *       over {@code AbstractList} and the like: as a copy.
 *   <li>Throwables, lambdas, proxies, other classes of the JDK, and user classes that say themselves how they are
 *       written ({@code writeObject}, {@code writeReplace}, {@code Externalizable}) or extend a class of the JDK with
 *       state: by Java serialization. Reflection into the JDK would need {@code --add-opens}.
 *   <li>Other user classes, serializable or not: field by field, made without a constructor if there is no empty one.
 * </ol>
 *
 * What none of them takes is refused with {@link Unserializable}.
 */
final class RowKryo extends Kryo {
    /** Stands for a class that only Java serialization can write. */
    private static final class ByJava {}

    /** Stands for a group: written like a list. */
    private static final class GroupAsList {}

    /** Stand for collections that are written as a copy. */
    private static final class CopiedList {}

    private static final class CopiedSet {}

    private static final class CopiedMap {}

    static {
        disableUnsafeWhereItWarns();
    }

    private final PageClassResolver resolver;
    private final Registration byJava;
    private final Registration groupAsList;
    private final Registration copiedList;
    private final Registration copiedSet;
    private final Registration copiedMap;
    private final Serializer<?> unknown = new UnknownSerializer();

    RowKryo(PageClassResolver resolver, RowClasses classes) {
        super(resolver, new RowReferences());
        this.resolver = resolver;
        setRegistrationRequired(false);
        setReferences(true);
        setClassLoader(classes.loader() == null ? ClassLoader.getSystemClassLoader() : classes.loader());
        setInstantiatorStrategy(new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
        setDefaultSerializer(new SerializerFactory.SingletonSerializerFactory<>(unknown));
        addDefaultSerializer(Record.class, new RecordSerializer());
        // The order gives the numbers written in pages: the same on both sides of a connection, which run the same
        // build.
        register(Tuple2.class, new RecordSerializer());
        register(Tuple3.class, new RecordSerializer());
        register(Tuple4.class, new RecordSerializer());
        byJava = register(ByJava.class, new JavaSerializer(classes));
        groupAsList = register(GroupAsList.class, new GroupSerializer());
        copiedList = register(CopiedList.class, new CopySerializers.OfLists());
        copiedSet = register(CopiedSet.class, new CopySerializers.OfSets());
        copiedMap = register(CopiedMap.class, new CopySerializers.OfMaps());
        List<Class<?>> frequent = List.of(
                byte[].class,
                int[].class,
                long[].class,
                double[].class,
                Object[].class,
                String[].class,
                ArrayList.class,
                HashMap.class,
                LinkedHashMap.class,
                HashSet.class,
                LinkedHashSet.class);
        frequent.forEach(this::register);
    }

    /**
     * From Java 24 on, the first use of Unsafe's memory methods prints a warning in the user's terminal; Kryo does as
     * well without. The property is read once, when this class of Kryo is loaded, and put back: it may be meant for the
     * user's own Kryo.
     */
    private static void disableUnsafeWhereItWarns() {
        if (Runtime.version().feature() < 24) {
            return;
        }
        String key = "kryo.unsafe";
        String before = System.setProperty(key, "false");
        try {
            Util.isUnsafeAvailable();
        } finally {
            if (before == null) {
                System.clearProperty(key);
            } else {
                System.setProperty(key, before);
            }
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Kryo
    public Registration getRegistration(Class type) {
        Registration known = resolver.getRegistration(type);
        if (known != null) {
            return known;
        }
        Registration stand = standFor(type);
        if (stand == null) {
            return super.getRegistration(type);
        }
        resolver.writeAs(type, stand);
        return stand;
    }

    /** For classes whose own name is of no use to a reader; null for the others. */
    private Registration standFor(Class<?> type) {
        if (CountedGroup.class.isAssignableFrom(type)) {
            return groupAsList;
        }
        if (type.isHidden() || Proxy.isProxyClass(type) || Throwable.class.isAssignableFrom(type)) {
            return byJava(type);
        }
        return null;
    }

    private Registration byJava(Class<?> type) {
        if (!Serializable.class.isAssignableFrom(type)) {
            throw new Unserializable(type);
        }
        return byJava;
    }

    /** Called once for each class that has no registration. */
    Registration registrationFor(Class<?> type) {
        if (RDD.class.isAssignableFrom(type) || KindlingContext.class.isAssignableFrom(type)) {
            // They live on the driver; their fields could be written, and would be the whole engine.
            throw new Unserializable(type);
        }
        Serializer<?> serializer = getDefaultSerializer(type);
        Registration asItself = new Registration(type, serializer, PageClassResolver.NAME);
        if (serializer instanceof RecordSerializer) {
            return RecordShape.of(type).isPresent() ? asItself : writtenAs(type, byJava(type));
        }
        boolean isPlainCollection =
                serializer.getClass() == CollectionSerializer.class || serializer.getClass() == MapSerializer.class;
        if (serializer != unknown && !isPlainCollection || type.isInterface()) {
            return asItself;
        }
        if (ClassTraits.isOfJdk(type)) {
            return isPlainCollection ? ofJdkCollection(type, asItself) : writtenAs(type, byJava(type));
        }
        boolean hasJdkState = ClassTraits.extendsJdkState(type);
        if (isPlainCollection && hasJdkState && ClassTraits.isFilledFromEmpty(type)) {
            return asItself;
        }
        if (ClassTraits.writesItself(type) || hasJdkState) {
            boolean isView = isPlainCollection && !Serializable.class.isAssignableFrom(type);
            return writtenAs(type, isView ? copyOf(type) : byJava(type));
        }
        FieldSerializer.FieldSerializerConfig config = new FieldSerializer.FieldSerializerConfig();
        config.setIgnoreSyntheticFields(false); // the outer instance of an inner class is one
        return new Registration(type, new FieldSerializer<>(this, type, config), PageClassResolver.NAME);
    }

    private Registration ofJdkCollection(Class<?> type, Registration asItself) {
        if (ClassTraits.hasPublicEmptyConstructor(type)) {
            return asItself;
        }
        return writtenAs(type, copyOf(type));
    }

    private Registration copyOf(Class<?> collection) {
        if (Map.class.isAssignableFrom(collection)) {
            return copiedMap;
        }
        return Set.class.isAssignableFrom(collection) ? copiedSet : copiedList;
    }

    /** The same serializer and number under the real class, so that fields declared with it find it too. */
    private static Registration writtenAs(Class<?> type, Registration stand) {
        return new Registration(type, stand.getSerializer(), stand.getId());
    }

    /** Lambdas are hidden classes: see {@link #standFor}. */
    @Override
    @SuppressWarnings("rawtypes")
    public boolean isClosure(Class type) {
        return false;
    }

    /** What cannot be part of a cycle by itself, or is a value, is written each time instead of being looked up. */
    private static final class RowReferences extends MapReferenceResolver {
        @Override
        @SuppressWarnings("rawtypes")
        public boolean useReferences(Class type) {
            // A stand is asked for instead of the class itself when reading, so a class that has one is like any other.
            boolean isWrittenAsRecord = type.isRecord()
                    && !CountedGroup.class.isAssignableFrom(type)
                    && RecordShape.of(type).isPresent();
            return super.useReferences(type) && type != String.class && !isWrittenAsRecord;
        }
    }

    /** Tells that Kryo knows nothing about a class; never used to write. */
    private static final class UnknownSerializer extends Serializer<Object> {
        @Override
        public void write(Kryo kryo, Output output, Object value) {
            throw new Unserializable(value.getClass());
        }

        @Override
        public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
            throw new Unserializable(type);
        }
    }

    private static final class RecordSerializer extends Serializer<Record> {
        private RecordSerializer() {
            setImmutable(true);
        }

        @Override
        public void write(Kryo kryo, Output output, Record row) {
            RecordShape shape = RecordShape.of(row.getClass()).orElseThrow(() -> new Unserializable(row.getClass()));
            for (int i = 0; i < shape.size(); i++) {
                try {
                    kryo.writeClassAndObject(output, shape.component(row, i));
                } catch (com.esotericsoftware.kryo.kryo5.KryoException e) {
                    e.addTrace(shape.names[i] + " (" + shape.type.getName() + ")");
                    throw e;
                }
            }
        }

        @Override
        public Record read(Kryo kryo, Input input, Class<? extends Record> type) {
            RecordShape shape = RecordShape.of(type).orElseThrow(() -> new Unserializable(type));
            Object[] components = new Object[shape.size()];
            for (int i = 0; i < components.length; i++) {
                components[i] = kryo.readClassAndObject(input);
            }
            return (Record) shape.create(components);
        }
    }

    private static final class GroupSerializer extends Serializer<Object> {
        @Override
        public void write(Kryo kryo, Output output, Object value) {
            CountedGroup<?> group = (CountedGroup<?>) value;
            output.writeVarInt(Math.toIntExact(group.size()), true);
            for (Object element : group) {
                kryo.writeClassAndObject(output, element);
            }
        }

        @Override
        public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
            int size = input.readVarInt(true);
            Collection<Object> list = new ArrayList<>(size);
            kryo.reference(list);
            for (int i = 0; i < size; i++) {
                list.add(kryo.readClassAndObject(input));
            }
            return list;
        }
    }
}
