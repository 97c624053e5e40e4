package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.ObjectInputFilter;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which classes bytes may name to be made objects of, in functions, rows, results and broadcast values alike. Bytes come
 * from processes of the application only, so this is the second fence: should somebody climb the first, none of the
 * classes that act when they are read, called gadgets, is there for him.
 *
 * <p>Of the Java platform the packages of values are allowed and nothing else. Of all other classes those that the
 * program's class path has: what a program is made of nobody else knows. Libraries that came with the engine, and
 * classes of other libraries that are known for what they do when they are read, are not.
 *
 * <p>Any thread.
 */
final class AllowedClasses {
    /** A package ends with a dot and stands for itself alone; other names are classes. */
    private static final List<String> OF_PLATFORM = List.of(
            "java.lang.",
            "java.lang.invoke.SerializedLambda",
            "java.math.",
            "java.net.",
            "java.nio.",
            "java.nio.charset.",
            "java.nio.file.",
            "java.io.",
            "java.text.",
            "java.time.",
            "java.time.chrono.",
            "java.time.format.",
            "java.time.temporal.",
            "java.time.zone.",
            "java.util.",
            "java.util.concurrent.",
            "java.util.concurrent.atomic.",
            "java.util.concurrent.locks.",
            "java.util.function.",
            "java.util.regex.",
            "java.util.stream.",
            "java.util.zip.",
            "java.sql.",
            "sun.util.calendar.ZoneInfo");

    /** In packages of values, but none; serialized by nobody. */
    private static final List<String> NOT_OF_PLATFORM =
            List.of("java.lang.ProcessBuilder", "java.lang.Process", "java.lang.Runtime", "java.lang.ClassLoader");

    /** Modules whose exceptions may be causes of a failure; some of others act when they are read. */
    private static final Set<String> MODULES_OF_EXCEPTIONS =
            Set.of("java.base", "java.logging", "java.net.http", "java.sql", "java.xml");

    /** Prefixes: what the engine brings along, and classes of others that act when they are read. */
    private static final List<String> NOT_OF_PROGRAM = List.of(
            "io.netty.",
            "com.esotericsoftware.kryo.",
            "picocli.",
            "ch.qos.logback.",
            "bsh.",
            "com.mchange.v2.",
            "com.rometools.rome.feed.impl.",
            "com.sun.syndication.feed.impl.",
            "net.sf.json.",
            "org.apache.bcel.",
            "org.apache.click.control.",
            "org.apache.commons.beanutils.BeanComparator",
            "org.apache.commons.collections.functors.",
            "org.apache.commons.collections4.functors.",
            "org.apache.commons.fileupload.",
            "org.apache.myfaces.",
            "org.apache.wicket.util.upload.",
            "org.apache.xalan.",
            "org.codehaus.groovy.runtime.ConvertedClosure",
            "org.codehaus.groovy.runtime.MethodClosure",
            "org.hibernate.",
            "org.jboss.interceptor.",
            "org.jboss.weld.interceptor.",
            "org.mozilla.javascript.",
            "org.python.core.",
            "org.springframework.aop.",
            "org.springframework.beans.factory.",
            "org.springframework.core.SerializableTypeWrapper");

    /** Deciding looks at some forty names; streams name the same classes again and again. */
    private static final ClassValue<Boolean> DECIDED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return decide(type);
        }
    };

    private AllowedClasses() {}

    static boolean isAllowed(Class<?> type) {
        return DECIDED.get(type);
    }

    private static boolean decide(Class<?> type) {
        if (type.isArray()) {
            return isAllowed(type.getComponentType());
        }
        // Of a proxy its interfaces and its handler are asked for by themselves.
        if (type.isPrimitive() || Proxy.isProxyClass(type)) {
            return true;
        }
        String name = type.getName();
        if (!ClassTraits.isOfJdk(type)) {
            return NOT_OF_PROGRAM.stream().noneMatch(name::startsWith);
        }
        boolean isException = Throwable.class.isAssignableFrom(type);
        return isException && MODULES_OF_EXCEPTIONS.contains(type.getModule().getName())
                || OF_PLATFORM.stream().anyMatch(allowed -> isIn(name, allowed)) && !NOT_OF_PLATFORM.contains(name);
    }

    private static boolean isIn(String name, String packageOrClass) {
        return packageOrClass.endsWith(".")
                ? name.startsWith(packageOrClass) && name.indexOf('.', packageOrClass.length()) < 0
                : name.equals(packageOrClass);
    }

    /** What a reader of the bytes is told. */
    static KindlingException refusal(String className) {
        return new KindlingException(
                ErrorCode.NOT_SERIALIZABLE,
                "class " + className
                        + " is not among those that are read from other processes: of the Java platform only"
                        + " values such as those of java.lang, java.util, java.time and java.math are, and no class that"
                        + " acts when it is read. Send what it is made of, and make it in the function that needs it.");
    }

    /** For one Java stream; used by one thread. */
    static final class StreamFilter implements ObjectInputFilter {
        private final long maxArrayLength;
        private final long maxDepth;
        private String refused;

        StreamFilter(long maxArrayLength, long maxDepth) {
            this.maxArrayLength = maxArrayLength;
            this.maxDepth = maxDepth;
        }

        @Override
        public Status checkInput(FilterInfo info) {
            Class<?> type = info.serialClass();
            if (type != null && !isAllowed(type)) {
                refused = type.getName();
                return Status.REJECTED;
            }
            return info.arrayLength() > maxArrayLength || info.depth() > maxDepth ? Status.REJECTED : Status.UNDECIDED;
        }

        /** Why the stream failed, if a class was the reason. */
        Optional<KindlingException> refusal() {
            return Optional.ofNullable(refused).map(AllowedClasses::refusal);
        }
    }
}
