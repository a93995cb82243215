"""Cases that are not yet as they say."""

NOT_YET = set(
    """
    action_values_in_a_table_by_state attribute_found_statically ce_targets_change
    class_registered_with_an_abstract_one dispatch_table_extended documentation_and_name_of_the_function
    dtype_of_the_argument_decides function_defined_by_exec_inside getattr_mapped_over_names
    getattr_under_another_name global_in_an_evaluated_text log_level_decides masked_by_nan
    path_of_attributes_by_reduce plug_ins_are_the_subclasses setting_read_by_getenv single_dispatch_on_layers
    singleton_settings text_of_an_object_is_the_key
    """.split()
)
