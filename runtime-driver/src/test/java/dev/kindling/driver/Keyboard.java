package dev.kindling.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Ctrl-C for a process. A test run in the background has the interrupt signal ignored, and so have its children: Java
 * respects that. {@code env} of the GNU core utilities gives the child its signal back; where it cannot, the child has
 * what this JVM has.
 */
public final class Keyboard {
    private static final List<String> RESET = List.of("env", "--default-signal=INT");

    private Keyboard() {}

    /** The command of a process that {@link #interrupt} shall reach; its process id is that of the command itself. */
    public static List<String> attached(List<String> command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        List<String> probe = new ArrayList<>(RESET);
        probe.add("true");
        if (new ProcessBuilder(probe)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0) {
            all.addAll(RESET);
        }
        all.addAll(command);
        return all;
    }

    public static void interrupt(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }
}
