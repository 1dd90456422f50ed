/** Whether a model is sound, whether a flow fits it, and which flows cover or overlap each other. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.check;
