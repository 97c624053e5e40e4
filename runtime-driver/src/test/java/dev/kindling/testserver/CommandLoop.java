package dev.kindling.testserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * What the process of a server does after its start. For a test it says {@code ready <where>} on its standard output, then
 * obeys one command a line of its standard input, answering each with {@code ok} or {@code failed <why>}, and ends with its
 * standard input, so that it never outlives who started it. For somebody who tries it, it runs until it is interrupted.
 */
public final class CommandLoop {
    /** The argument before the files of somebody who tries a server by hand. */
    public static final String BY_HAND = "--by-hand";

    private CommandLoop() {}

    /** Performs commands. */
    public interface Commands {
        /** @return what is told behind {@code ok} */
        String perform(String[] words) throws Exception;

        /** Ends what would outlive this process; nobody can tell it anything any more. */
        default void end() {}
    }

    /** Does not return. */
    public static void run(String readyAt, Commands commands) throws IOException {
        say("ready " + readyAt);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String answer;
            try {
                answer = ("ok " + commands.perform(line.split(" "))).strip();
            } catch (Exception e) {
                answer = "failed " + e;
            }
            say(answer);
        }
        commands.end();
        // Orderly ends of servers take seconds, and nobody needs what they hold.
        Runtime.getRuntime().halt(0);
    }

    /** Says where it is ready, and does not return. */
    public static void untilKilled(String welcome) throws InterruptedException {
        say(welcome);
        Thread.currentThread().join();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
