package dev.kindling.testkit;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link KindlingContext}, as a parameter or by {@link #context}: made when first asked for, closed after
 * the last test of the class.
 *
 * <pre>{@code
 * @ExtendWith(KindlingExtension.class)              // local[2]
 * class WordCountTest {
 *     @Test void countsWords(KindlingContext kindling) { ... }
 * }
 *
 * @RegisterExtension                                // or, to say what it shall be
 * static final KindlingExtension KINDLING = KindlingExtension.localCluster(2, 1, "256m");
 * }</pre>
 *
 * <p>In an instance field it gives every test a context of its own. Safe for tests that run at the same time.
 */
public final class KindlingExtension
        implements BeforeAllCallback, AfterAllCallback, AfterEachCallback, ParameterResolver {
    private final KindlingConf conf;
    private int openClasses;
    private KindlingContext context;

    /** Two tasks at a time inside the JVM of the tests. */
    public KindlingExtension() {
        this(new KindlingConf().setMaster("local[2]"));
    }

    private KindlingExtension(KindlingConf conf) {
        this.conf = conf.clone().setIfMissing("kindling.app.name", "test");
    }

    /** Executors inside the JVM of the tests, {@code cores} tasks at a time. */
    public static KindlingExtension local(int cores) {
        return new KindlingExtension(new KindlingConf().setMaster("local[" + cores + "]"));
    }

    /** Executors in processes of their own; {@code memory} of each such as {@code 256m}. */
    public static KindlingExtension localCluster(int executors, int cores, String memory) {
        long megabytes = new KindlingConf(false).getSizeAsBytes("memory", memory) >> 20;
        return new KindlingExtension(
                new KindlingConf().setMaster("local-cluster[" + executors + "," + cores + "," + megabytes + "]"));
    }

    /** With these settings, of which a copy is kept. */
    public static KindlingExtension with(KindlingConf conf) {
        return new KindlingExtension(conf);
    }

    /** The context of the test that runs; opened now if it is not yet. */
    public synchronized KindlingContext context() {
        if (context == null) {
            context = new KindlingContext(conf);
        }
        return context;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == KindlingContext.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return context();
    }

    /** Counts, because a nested class opens and ends inside its outer one. */
    @Override
    public synchronized void beforeAll(ExtensionContext testClass) {
        openClasses++;
    }

    @Override
    public synchronized void afterAll(ExtensionContext testClass) {
        openClasses--;
        if (openClasses == 0) {
            close();
        }
    }

    /** In an instance field there was no {@link #beforeAll}: the context ends with its test. */
    @Override
    public synchronized void afterEach(ExtensionContext test) {
        if (openClasses == 0) {
            close();
        }
    }

    private void close() {
        if (context != null) {
            context.close();
            context = null;
        }
    }
}
