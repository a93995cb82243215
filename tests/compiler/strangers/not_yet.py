"""Cases that are not yet as they say."""

NOT_YET = set(
    """
    action_values_in_a_table_by_state argument_filled_inside array_argument_written_inside
    attribute_found_statically attribute_through_getattr_fallback ce_targets_change
    class_registered_with_an_abstract_one dispatch_table_extended division_by_a_parameter_that_becomes_zero
    division_suppressed documentation_and_name_of_the_function domain_error_caught_far_below
    dtype_of_the_argument_decides else_and_finally getattr_mapped_over_names getattr_under_another_name
    global_in_an_evaluated_text global_looked_up_by_text identity_of_values isinstance_of_numbers_and_values
    label_reading list_argument_modified_inside log_level_decides masked_by_nan means_by_numpy
    module_imported_by_its_name module_level_cache_in_sys_modules name_imported_inside one_list_passed_twice
    operation_of_an_argument path_of_attributes_by_reduce plug_ins_are_the_subclasses positions_encoded_once
    potential_from_an_array_of_charges precision_of_decimals prev_reading retried_with_a_smaller_number
    returned_value_mutated_data setting_read_by_getenv single_dispatch_on_layers singleton_settings
    spread_by_numpy text_of_an_object_is_the_key try_except_division try_except_pow
    try_except_value_error_float_input types_as_keys values_as_keys_and_members
    """.split()
)
