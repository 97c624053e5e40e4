package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.testserver.CourseCommands;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/course.md, as a reader would type them, one after the other, beside the servers they need. Those
 * that need an HDFS are run where the tests have one.
 */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class CourseIT {
    /** The port that the course names; another one may be free. */
    private static final String PORT = "7480";

    @TempDir
    Path world;

    @Test
    void everySectionHasACommandSomethingToLookAtAQuestionAnAnswerAndItsCounterpart() throws IOException {
        String[] sections = Files.readString(CourseCommands.COURSE).split("\n## ");

        assertEquals(1 + 12, sections.length);
        for (int section = 1; section < sections.length; section++) {
            for (String part : List.of("```sh\n", "**Look at**", "**Question.**", "**Answer.**", "**On EMR**")) {
                assertTrue(sections[section].contains(part), part + " in: " + sections[section]);
            }
        }
    }

    @Test
    void everyCommandOfTheCourseThatNeedsNoHadoopRuns() throws Exception {
        layOut();
        String port = freePort();
        List<Process> servers = new ArrayList<>();
        StringBuilder script = new StringBuilder("set -ex\n");
        try {
            for (CourseCommands.Block block : CourseCommands.all()) {
                String commands = block.commands().replace(PORT, port);
                switch (block.kind()) {
                    case READER -> script.append(commands);
                    case SERVER -> servers.add(serve(commands));
                    case READER_OF_HDFS, HDFS -> {
                        // Run by CourseOnHdfsIT.
                    }
                }
            }

            Process reader = start(script.toString(), "reader");

            assertTrue(reader.waitFor(5, TimeUnit.MINUTES), () -> "it goes on and on:\n" + said("reader"));
            assertEquals(0, reader.exitValue(), () -> said("reader"));
        } finally {
            for (Process server : servers) {
                server.destroy();
                assertTrue(server.waitFor(60, TimeUnit.SECONDS), "a server does not end");
            }
        }
        everyPageIsThere(script.toString());
        assertEquals(kept(".events.jsonl"), kept(".html"), "each kept run has its page");
        assertTrue(kept(".html").size() >= 8, () -> "few runs are kept in " + world);
        String said = said("reader");
        for (String promised : List.of(
                "42049 lines in 8 partitions",
                "nothing has run yet",
                "the first counts: [(5,",
                "keys, counted in",
                "the result is the same as that of a plain loop")) {
            assertTrue(said.contains(promised), promised + " in:\n" + said);
        }
    }

    /** As in a clone, with what was packaged in the place of what bin/kindling would build. */
    private void layOut() throws Exception {
        for (String name : List.of("bin", "data", "docs", "runtime-core", "runtime-driver")) {
            Files.createSymbolicLink(world.resolve(name), CourseCommands.REPOSITORY.resolve(name));
        }
        Files.createSymbolicLink(world.resolve("lib"), Kindling.home().resolve("lib"));
    }

    private void everyPageIsThere(String script) throws IOException {
        Matcher pages = Pattern.compile("(?:--page|-o) (\\S+\\.html)").matcher(script);
        int count = 0;
        for (; pages.find(); count++) {
            String page = Files.readString(world.resolve(pages.group(1)));
            assertTrue(page.contains("</html>"), pages.group(1));
        }
        assertTrue(count >= 12, count + " pages");
        for (String ofDemo : List.of("first.html", "compared.html")) {
            assertTrue(Files.readString(world.resolve(ofDemo)).contains("Rows by the first digit"), ofDemo);
        }
    }

    private SortedSet<String> kept(String suffix) {
        String[] names = world.resolve("state/runs").toFile().list((directory, name) -> name.endsWith(suffix));
        return Arrays.stream(names)
                .map(name -> name.replace(suffix, ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Process serve(String command) throws Exception {
        // Its own word, not the shell's, ends the server.
        Process server = start("exec " + command.strip(), "server");
        try (BufferedReader tail = Files.newBufferedReader(world.resolve("server"))) {
            for (String line = ""; line == null || !line.contains("ready"); line = tail.readLine()) {
                assertTrue(server.isAlive(), () -> said("server"));
                if (line == null) {
                    server.waitFor(20, TimeUnit.MILLISECONDS);
                }
            }
        }
        return server;
    }

    private Process start(String script, String log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script)
                .directory(world.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(world.resolve(log).toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().merge("PATH", System.getProperty("java.home") + "/bin:", (path, java) -> java + path);
        builder.environment().put("KINDLING_JAVA_OPTIONS", "-Xmx256m " + Kindling.QUICK_JAVA);
        builder.environment().put("KINDLING_DIR", world.resolve("state").toString());
        // Archives of classes are made once, and save half of each start.
        builder.environment().put("XDG_CACHE_HOME", world.resolve("cache").toString());
        return builder.start();
    }

    private String said(String log) {
        try (Stream<String> lines = Files.lines(world.resolve(log))) {
            return String.join("\n", lines.toList());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }
}
