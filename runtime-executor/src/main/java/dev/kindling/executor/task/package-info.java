/**
 * Runs one attempt of a task: builds its chain of operators, pulls it to its sink, and says how it ended. May depend on
 * every other executor package but executor itself. Start reading at {@link dev.kindling.executor.task.TaskRunner}.
 */
package dev.kindling.executor.task;
