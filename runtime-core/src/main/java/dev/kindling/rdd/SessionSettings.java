package dev.kindling.rdd;

import dev.kindling.api.KindlingConf;
import dev.kindling.storage.Stores;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a session of this application goes by.
 *
 * @param conf the settings in force; nobody changes it any more
 * @param isLocal whether executors live in this JVM
 * @param defaultParallelism partitions of a set of the program's own data for which it names no number
 * @param configuredParallelism partitions after a shuffle, where the user configured a number
 * @param isRecursive whether an input directory stands for the files below those in it, too
 * @param recordDelimiter between records of text for which the program names none; empty for ends of lines
 * @param uiUri where the run is shown while it goes on, with the token that opens it
 * @param stores of the application
 */
public record SessionSettings(
        KindlingConf conf,
        String applicationId,
        String appName,
        String master,
        boolean isLocal,
        int defaultParallelism,
        OptionalInt configuredParallelism,
        boolean isRecursive,
        String recordDelimiter,
        Optional<URI> uiUri,
        Stores stores) {}
