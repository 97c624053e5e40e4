package dev.kindling.rdd;

/** Takes jars and files that the program gives after it has started. Any thread. */
public interface ProgramAdditions {
    void addJar(String path);

    void addFile(String path);
}
