package dev.kindling.driver.launch;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Where an application's executors shall run, as its master says it. */
public sealed interface MasterUrl {
    /** The master as it was written. */
    String text();

    /** {@code local}, {@code local[n]}, {@code local[*]}: one executor of {@code cores} cores inside the driver's JVM. */
    record InProcess(String text, int cores) implements MasterUrl {}

    /** {@code local-cluster[executors,cores,memoryMb]}: executor processes on this machine, each with its own heap. */
    record LocalCluster(String text, int executors, int cores, long memoryMb) implements MasterUrl {}

    /** Served by a {@link ClusterLauncherProvider}. */
    record Provided(String text, ClusterLauncherProvider provider) implements MasterUrl {}

    /** Smallest heap in which an executor does its work. */
    long MIN_MEMORY_MB = 32;

    int MAX_CORES = 4096;
    int MAX_EXECUTORS = 1000;

    /**
     * Understands a master or says what would be right.
     *
     * @param providers who serves masters other than the local ones
     */
    static MasterUrl parse(String master, List<ClusterLauncherProvider> providers) {
        String text = master.strip();
        if (text.equals("local")) {
            return new InProcess(text, 1);
        }
        Matcher local = Patterns.LOCAL.matcher(text);
        if (local.matches()) {
            return new InProcess(text, coresOf(text, local.group(1)));
        }
        Matcher cluster = Patterns.LOCAL_CLUSTER.matcher(text);
        if (cluster.matches()) {
            return new LocalCluster(
                    text,
                    number(text, "executors", cluster.group(1), 1, MAX_EXECUTORS),
                    number(text, "cores", cluster.group(2), 1, MAX_CORES),
                    number(text, "memoryMb", cluster.group(3), MIN_MEMORY_MB, Integer.MAX_VALUE));
        }
        for (ClusterLauncherProvider provider : providers) {
            if (provider.serves(text)) {
                return new Provided(text, provider);
            }
        }
        throw bad(text, "is not a master", providers);
    }

    private static int coresOf(String master, String cores) {
        return cores.equals("*")
                ? Runtime.getRuntime().availableProcessors()
                : number(master, "cores", cores, 1, MAX_CORES);
    }

    private static int number(String master, String name, String digits, long min, int max) {
        long value = digits.length() > 10 ? Long.MAX_VALUE : Long.parseLong(digits);
        if (value < min || value > max) {
            throw bad(master, "says " + digits + " " + name + ", which must be from " + min + " to " + max, List.of());
        }
        return (int) value;
    }

    private static KindlingException bad(String master, String wrong, List<ClusterLauncherProvider> providers) {
        String provided = providers.stream()
                .flatMap(provider -> provider.examples().stream())
                .map(example -> ", " + example)
                .collect(Collectors.joining());
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT,
                "master '" + master + "' " + wrong + "; use local, local[4], local[*] or"
                        + " local-cluster[2,1,512] (executors, cores and MB of memory each)" + provided);
    }

    /** The two local forms; spaces around numbers are allowed, as people write them. */
    final class Patterns {
        private static final Pattern LOCAL = Pattern.compile("local\\[\\s*(\\d+|\\*)\\s*]");
        private static final Pattern LOCAL_CLUSTER =
                Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");

        private Patterns() {}
    }
}
