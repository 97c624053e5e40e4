package org.example.cluster;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingFiles;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Programs of a user, for a driver in the cluster. */
public final class Programs {
    private Programs() {}

    /** Sums numbers in executors, and writes the sum, the words of its file and what the cluster shows of it to a file. */
    public static final class Sums {
        private Sums() {}

        public static void main(String[] args) throws IOException, InterruptedException {
            try (KindlingContext kindling = new KindlingContext("yarn", "sums")) {
                long sum = kindling.range(1, 101, 1, 4).reduce(Long::sum);
                List<String> words = kindling.range(0, 1, 1, 1)
                        .map(i -> Files.readString(Path.of(KindlingFiles.get("words.txt"))))
                        .collect();
                Files.writeString(Path.of(args[0]), sum + " " + words.get(0).strip() + shown(args[1]));
            }
        }

        /** @param cluster address of the cluster's own pages, which learn of this one's with a heartbeat */
        private static String shown(String cluster) throws IOException, InterruptedException {
            String application = System.getenv("CONTAINER_ID").replaceFirst("container_(e\\d+_)?(\\d+_\\d+)_.*", "$2");
            URL page = new URL("http://" + cluster + "/proxy/application_" + application + "/api/v1/applications");
            String said = "";
            for (int tries = 0; tries < 300 && !said.contains("\"name\":\"sums\""); tries++) {
                Thread.sleep(100);
                HttpURLConnection connection = (HttpURLConnection) page.openConnection();
                if (connection.getResponseCode() == 200) {
                    said = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                }
            }
            return said.contains("\"name\":\"sums\"") ? ", shown" : ", not shown but " + said;
        }
    }

    /** Writes down how many numbers executors have counted. */
    public static final class Counts {
        private Counts() {}

        public static void main(String[] args) throws IOException {
            try (KindlingContext kindling = new KindlingContext("yarn", "counts")) {
                Files.writeString(
                        Path.of(args[0]),
                        Long.toString(kindling.range(0, 10, 1, 2).count()));
            }
        }
    }

    /** Writes down what its containers were given in secret, and what anybody may see of how they were started. */
    public static final class Secrets {
        private Secrets() {}

        public static void main(String[] args) throws IOException {
            try (KindlingContext kindling = new KindlingContext("yarn", "secrets")) {
                List<String> given = new ArrayList<>(
                        kindling.range(0, 2, 1, 2).map(i -> given()).collect());
                given.add(given());
                List<String> seen = new ArrayList<>(
                        kindling.range(0, 2, 1, 2).map(i -> seen()).collect());
                seen.add(seen());
                try {
                    kindling.range(0, 1, 1, 1).map(i -> 1 / i).count();
                } catch (RuntimeException e) {
                    seen.add(e.toString());
                }
                Files.write(Path.of(args[0]), given);
                Files.write(Path.of(args[1]), seen);
            }
        }

        private static String given() throws IOException {
            Path tokens = Path.of(System.getenv("HADOOP_TOKEN_FILE_LOCATION"));
            return HexFormat.of().formatHex(Files.readAllBytes(tokens));
        }

        private static String seen() throws IOException {
            return Files.readString(Path.of("launch_container.sh"))
                    + Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1)
                    + Files.readString(Path.of("/proc/self/environ"), StandardCharsets.ISO_8859_1);
        }
    }

    /** Copies a file and counts the copy's lines; writes that down, and what anybody may see of how its containers were started. */
    public static final class Copies {
        private Copies() {}

        public static void main(String[] args) throws IOException {
            try (KindlingContext kindling = new KindlingContext("yarn", "copies")) {
                kindling.textFile(args[0]).saveAsTextFile(args[1]);
                String lines = kindling.textFile(args[1]).count() + " lines\n";
                String seen =
                        kindling.range(0, 1, 1, 1).map(i -> Secrets.seen()).first();
                Files.writeString(Path.of(args[2]), lines + seen + Secrets.seen(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    /** Fails in a task. */
    public static final class Fails {
        private Fails() {}

        public static void main(String[] args) {
            try (KindlingContext kindling = new KindlingContext("yarn", "fails")) {
                kindling.range(0, 4, 1, 2)
                        .map(i -> {
                            throw new IllegalStateException("no luck with " + args[0]);
                        })
                        .count();
            }
        }
    }

    /** Ends its JVM by itself. */
    public static final class Exits {
        private Exits() {}

        public static void main(String[] args) {
            System.exit(Integer.parseInt(args[0]));
        }
    }

    /** Is killed in its first attempt, and writes a file in its second; says by which process its tasks were run. */
    public static final class DiesOnce {
        private DiesOnce() {}

        public static void main(String[] args) throws IOException {
            try (KindlingContext kindling = new KindlingContext("yarn", "dies once")) {
                String result = kindling.range(0, 10, 1, 2).count() + " by "
                        + kindling.range(0, 1, 1, 1)
                                .map(i -> ProcessHandle.current().pid())
                                .first();
                try {
                    Files.writeString(Path.of(args[0] + ".first"), result, StandardOpenOption.CREATE_NEW);
                    Runtime.getRuntime().halt(137);
                } catch (FileAlreadyExistsException e) {
                    Files.writeString(Path.of(args[0]), result);
                }
            }
        }
    }
}
